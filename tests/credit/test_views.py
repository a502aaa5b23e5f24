"""The pages about authorities and the worksheet of a course."""

from pathlib import Path

import pytest
from flask import Flask

from cpd.credit import authority_loading, views
from tests.factories.courses import SLUG
from tests.support.moved_clock import MovedClock
from tests.support.queries import asked
from tests.support.visitor import Visitor

WORKSHEET = f"/courses/{SLUG}/credit-worksheet"
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_every_authority_is_listed_and_has_a_page(app: Flask, stranger: Visitor) -> None:
    links = stranger.get("/authorities").page.links()
    for slug, authority in authority_loading.load_authorities().items():
        assert links[authority.file.short_name] == f"/authorities/{slug}"
        page = stranger.get(f"/authorities/{slug}").page
        for statement in authority.file.iterate_statements():
            assert statement.text in page.text
        for source in authority.file.sources.values():
            assert source.page in page.links().values()
    with asked(app) as statements:
        stranger.get("/authorities/ncbtmb")
    assert len(statements) == 0
    stranger.get("/authorities/absent", status=404)


def test_conflicts_second_hand_rules_and_gaps_are_said(stranger: Visitor) -> None:
    illinois = stranger.get("/authorities/illinois").text
    for said in (
        "Sources disagree.",
        "24 hours in the 24 months",
        "25 hours in each",
        "Second-hand",
    ):
        assert said in illinois
    assert "from 1 January 2024" in illinois
    new_york = stranger.get("/authorities/new-york").text
    gaps = new_york.partition("We found no source for the following.")[2]
    assert "What the certificate must show" in gaps
    assert "How long evidence is kept" in gaps
    reflection = stranger.get("/authorities/cmto").text
    assert "How it rounds" not in reflection


def test_rules_read_long_ago_warn(stranger: Visitor, clock: MovedClock) -> None:
    assert "may be out of date" not in stranger.get("/authorities/texas").text
    clock.advance(days=400)
    assert "These rules may be out of date." in stranger.get("/authorities/texas").text
    assert "Not read again for more than a year" in stranger.get("/authorities").text


def test_one_more_file_is_one_more_authority(
    folder: Path, stranger: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = {**authority_loading.load_authorities(), **authority_loading.load_authorities(folder)}
    monkeypatch.setattr(views, "load_authorities", lambda: added)
    assert "Board of Oasis" in stranger.get("/authorities").text
    assert "An hour is 50 minutes." in stranger.get("/authorities/oasis").text


def test_the_worksheet_shows_its_arithmetic(app: Flask, stranger: Visitor) -> None:
    assert WORKSHEET in stranger.get(f"/courses/{SLUG}/outline").page.links().values()
    page = stranger.get(WORKSHEET).page
    assert "words ÷ 200 a minute" in page.text
    assert "It does not mean that anyone has approved the course." in page.text
    assert "They count no hours: CCHPBC" in page.text
    assert "What was measured for you" not in page.text
    with asked(app) as statements:
        stranger.get(WORKSHEET)
    assert len(statements) <= 2
