"""`cpd provider`: what is said of the provider, seen and changed."""

from pathlib import Path

from tests.cli.conftest import Typed, said
from tests.support.databases import Database

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
