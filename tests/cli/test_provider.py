"""`cpd provider`: what is said of the provider, seen and changed."""

import hashlib
from pathlib import Path

import pytest

from cpd.authoring.sources import disk as folders
from cpd.content.render import MAX_CHARACTERS
from cpd.web import provider_texts
from tests.cli.conftest import Typed, said
from tests.support.databases import Database

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
FIRST = {"CPD_PROVIDER_NAME": "Harbour", "CPD_PROVIDER_CONTACT": "courses@harbour.example"}


def test_what_the_first_start_kept_is_shown_and_changed(
    database: Database, typed: Typed, tmp_path: Path
) -> None:
    (tmp_path / "cost.md").write_text("Forty pounds.")
    shown = said(typed(database, "provider", "show", **FIRST))
    assert shown.splitlines()[:3] == [
        "name: Harbour",
        "number:",
        "contact: courses@harbour.example",
    ]
    done = typed(database, "provider", "set", "number=451-88", "name=Pier", f"pages={tmp_path}")
    assert said(done) == "Changed: name, number, pages.\n"
    assert said(typed(database, "provider", "set", "name=Pier")) == "Nothing changed.\n"
    later = typed(database, "provider", "set", "signatories=Ines Duarte, Director", **FIRST)
    assert "with: cpd provider set name=Harbour\n" in later.stderr
    assert said(typed(database, "provider", "show")).splitlines() == [
        "name: Pier",
        "number: 451-88",
        "contact: courses@harbour.example",
        "complaints:",
        "postal:",
        "colour:",
        "logo:",
        "signatories: Ines Duarte, Director",
        "pages: cost",
    ]


def test_what_cannot_be_said_is_refused_with_the_fix(database: Database, typed: Typed) -> None:
    for words, remedy in (
        ("name=", "certificates print it"),
        ("Pier", "write NAME=VALUE"),
        ("colour=green", "six digits"),
    ):
        done = typed(database, "provider", "set", "number=1", words)
        assert done.exit_code == 1
        assert remedy in said(done)
    assert "number:\n" in said(typed(database, "provider", "show"))


def test_a_logo_is_kept_and_taken_back(database: Database, typed: Typed, tmp_path: Path) -> None:
    boat = tmp_path / "boat.png"
    boat.write_bytes(b"\x89PNG\r\n\x1a\n and a boat")
    assert said(typed(database, "provider", "set", f"logo={boat}")) == "Changed: logo.\n"
    digest = hashlib.sha256(boat.read_bytes()).hexdigest()
    assert f"logo: {digest}\n" in said(typed(database, "provider", "show"))
    assert said(typed(database, "provider", "set", "logo=")) == "Changed: logo.\n"
    assert "logo:\n" in said(typed(database, "provider", "show"))


@on_sqlite
def test_pages_with_faults_are_refused_and_named(
    database: Database, typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cost.md").write_text("a" * (MAX_CHARACTERS + 1))
    (tmp_path / "prices.md").write_text("Forty pounds.")
    given = ("provider", "set", "number=1", f"pages={tmp_path}")
    done = typed(database, *given)
    assert done.exit_code == 1
    assert "cost.md:1: The text has 60,001 characters" in said(done)
    assert "prices.md:1: This file belongs to no page" in said(done)
    assert "Nothing was changed." in said(done)
    assert "number:\n" in said(typed(database, "provider", "show"))
    monkeypatch.setattr(provider_texts, "collect_faults_in_texts", lambda _pages: [])
    assert said(typed(database, *given)) == "Changed: number, pages.\n", "the control"


@on_sqlite
def test_a_check_reads_the_pages_that_are_kept(
    database: Database, typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "LIBRARY", tmp_path / "library")
    given = {"CPD_PROVIDER_PAGES": str(tmp_path)}
    check = ("content", "check", "--quiet")
    (tmp_path / "cost.md").write_text("Known [@smith-2020].")
    assert typed(database, *check, **given).exit_code == 1, "what the first start would keep"
    (tmp_path / "cost.md").write_text("Forty pounds.")
    typed(database, "provider", "show", **given)
    (tmp_path / "cost.md").write_text("Known [@smith-2020].")
    assert typed(database, *check, **given).exit_code == 0, "no start reads the folder again"
    monkeypatch.setattr(provider_texts, "collect_faults_in_texts", lambda _pages: [])
    typed(database, "provider", "set", f"pages={tmp_path}")
    monkeypatch.undo()
    monkeypatch.setattr(folders, "LIBRARY", tmp_path / "library")
    assert "cost.md:1: 'smith-2020' would be left out" in said(typed(database, *check))
