"""Tokens of a country: what each stands for, where it may stand, and whose words are counted."""

from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from cpd.content.country_file import ContactName, WordName
from cpd.content.country_loading import COURSE_COUNTRY, FOLDER, load_countries
from cpd.content.country_tokens import (
    CONTACTS,
    WORDS,
    Country,
    fill_token,
    fill_tokens_in_plain_text,
    parse_token,
)
from cpd.content.placeholders import fill_citations
from cpd.content.readability import extract_plain_text
from cpd.content.renderer_process import convert_markdown


def country(code: str) -> Country | None:
    return load_countries().get(code)


@pytest.mark.parametrize(
    ("written", "nowhere", "us", "gb"),
    [
        ("emergency-number", "your local emergency number", "911", "999"),
        ("Emergency-number", "Your local emergency number", "911", "999"),
        ("crisis-line", "a crisis line", "the 988 crisis line", "Samaritans on 116\u00a0123"),
        ("Crisis-line", "A crisis line", "The 988 crisis line", "Samaritans on 116\u00a0123"),
        ("urgent-line", "an urgent service", "an urgent care clinic", "NHS 111"),
        (
            "emergency-department",
            "emergency department",
            "emergency department (ER)",
            "emergency department (A&E)",
        ),
        ("lift", "lift (hoist)", "lift", "hoist"),
        ("38.4 C", "101.1 °F (38.4 °C)", "101.1 °F (38.4 °C)", "38.4 °C (101.1 °F)"),
        ("38 C", "100.4 °F (38 °C)", "100.4 °F (38 °C)", "38 °C (100.4 °F)"),
        ("20 C", "68 °F (20 °C)", "68 °F (20 °C)", "20 °C (68 °F)"),
    ],
)
def test_what_a_token_stands_for(written: str, nowhere: str, us: str, gb: str) -> None:
    name = parse_token(written)
    assert name is not None
    for code, expected in (("", nowhere), ("US", us), ("GB", gb)):
        assert fill_token(name, country(code)).replace("\u00a0°", " °") == expected


@pytest.mark.parametrize("written", ["", "emergency number", "EMERGENCY-NUMBER", "38.41 C", "C"])
def test_the_set_is_closed(written: str) -> None:
    assert parse_token(written) is None
    assert fill_tokens_in_plain_text(f"{{{{{written}}}}}", country("US")) == f"{{{{{written}}}}}"


def test_a_sentence_never_names_what_was_not_verified() -> None:
    """Canada's 811 was not seen on a page, so only lists show it, and say so."""
    canada = load_countries()["CA"]
    assert not canada.contacts["urgent-line"].is_verified
    assert "811" in canada.contacts["urgent-line"].listed
    assert fill_token("urgent-line", canada) == "an urgent service"
    assert fill_token("urgent-line", country("EU")) == "an urgent service"  # it has none


def test_every_country_has_its_emergency_number_verified() -> None:
    assert list(load_countries()) == ["AU", "CA", "EU", "IE", "NZ", "GB", "US"]
    for each in load_countries().values():
        assert each.contacts["emergency-number"].is_verified, each.code


def test_the_country_of_courses_has_every_contact_and_word() -> None:
    us = load_countries()[COURSE_COUNTRY]
    assert set(us.contacts) == set(CONTACTS)
    assert set(us.words) == set(WORDS)


def test_the_schema_of_a_country_names_the_same_tokens() -> None:
    assert get_args(ContactName) == tuple(CONTACTS)
    assert get_args(WordName) == tuple(WORDS)


def test_a_new_country_is_one_file(tmp_path: Path) -> None:
    text = (FOLDER / "NZ.yaml").read_text("utf-8")
    (tmp_path / "IS.yaml").write_text(text.replace("NZ", "IS").replace("New Zealand", "Iceland"))
    (iceland,) = load_countries(tmp_path).values()
    assert (iceland.name, iceland.checked) == ("Iceland", date(2026, 11, 30))
    assert iceland.version not in {each.version for each in load_countries().values()}


def test_stored_html_holds_words_for_everywhere_until_it_is_filled_in() -> None:
    html = convert_markdown("Call **{{emergency-number}}** at {{38.4 C}}.").html
    assert "<span" in html
    assert "911" not in html
    in_uk = fill_citations(html, lambda *_: "", local=lambda name: fill_token(name, country("GB")))
    assert in_uk[0] == "<p>Call <strong>999</strong> at 38.4\u00a0°C (101.1\u00a0°F).</p>"
    nowhere, _ = fill_citations(html, lambda *_: "")
    assert "Call <strong>your local emergency number</strong>" in nowhere


def test_words_are_counted_in_the_text_of_the_country_of_courses() -> None:
    """So a course has as many minutes for everybody."""
    rendered = convert_markdown("Call {{emergency-number}} now, and use the {{lift}}.")
    assert extract_plain_text(rendered.html) == "Call 911 now, and use the lift."
    assert rendered.words == 7


@pytest.mark.parametrize(
    ("markdown", "says"),
    [
        ("Call {{the-number}}.", "'{{the-number}}' is not a token."),
        ("## Call {{emergency-number}} {#call}", "There is a token inside a heading."),
        ("| {{lift}} |\n|---|\n| it |", "There is a token inside a heading."),
        ("`{{lift}}`", "'{{lift}}' would be shown as written."),
        ("*[MS]: {{lift}}\n\nMS", "'{{lift}}' would be shown as written."),
        ("[____ Number of {{crisis-line}}]", "This is not a blank to fill in."),
    ],
)
def test_where_no_token_may_stand(markdown: str, says: str) -> None:
    assert [problem.message for problem in convert_markdown(markdown).problems] == [says]
