"""Snapshots: what a certificate states, in the form in which it was always signed."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cpd.certificates import signing
from cpd.certificates.rules import snapshot
from cpd.certificates.rules.printed_facts import printed_facts
from cpd.certificates.rules.record import Record
from cpd.courses.rules.fronts.course import Author
from cpd.kernel import canonical
from tests.factories.certificates import facts

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SIGNED = "3c1533ac7fb5dac188fa29827aa3df5ccd13380b763c9cc74bd18a5f5675129e"
"""The SHA-256 of one snapshot in the present form, which only a later form may change."""


def test_a_snapshot_has_a_canonical_form() -> None:
    made = facts(name="Zoë Łukasiewicz")
    assert "Zoë Łukasiewicz".encode() in canonical.encode_json(made)


def test_it_claims_no_credit_from_any_authority() -> None:
    made = facts()
    assert (made["authority"], made["credit"]["amount"], made["marker"]) == (
        "none",
        "none",
        "For study; no CE credit",
    )


def test_a_signed_off_course_says_so() -> None:
    assert snapshot.STUDY.signed_off != snapshot.STUDY.not_signed_off


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("America/Chicago", "America/Chicago"),
        ("Etc/UTC", "UTC"),
        ("America/Nowhere", "UTC"),
        ("", "UTC"),
        ("../../etc/passwd", "UTC"),
        ("America", "UTC"),
    ],
)
def test_which_zone_counts(name: str, zone: str) -> None:
    assert snapshot.zone_or_utc(name).key == zone


def build(*, is_reviewed_here: bool = False) -> dict[str, Any]:
    return snapshot.build_snapshot(
        snapshot.CourseVersion(
            title="Hot",
            language="en-GB",
            language_name="English",
            subjects=["A", "B"],
            authors=[Author("Ada", "LMT", "author")],
            revision="rev_0",
            number=3,
            content_hash="c0ffee" * 10 + "0000",
            published_at=NOON,
            words=4321,
            words_per_minute=200,
            minutes=22,
            arithmetic="4,321",
            is_signed_off=False,
            is_reviewed_here=is_reviewed_here,
        ),
        snapshot.Achievement(
            name="Maya Chidinma Okafor",
            licenses=[snapshot.StatedLicense("Texas Board", "MT 1")],
            completed_at=NOON,
            zone=ZoneInfo("America/Chicago"),
            earned=11,
            possible=12,
            pass_earned=3,
            pass_possible=4,
        ),
        snapshot.Provider("Harbour", "c@h.example", "https://cpd.example.org"),
        code="0" * 31,
        salt="5" * 26,
        key_id="k",
        issued_at=NOON,
        is_demo=True,
    )


def test_the_same_facts_give_the_bytes_that_were_always_signed() -> None:
    made = build()
    assert canonical.hash_json(made) == SIGNED


def test_once_reviewed_here_only_the_approval_is_missing() -> None:
    assert "its clinical review is not complete" in build()["credit"]["reason"]
    reason = build(is_reviewed_here=True)["credit"]["reason"]
    assert reason == (
        "No accrediting body has approved this course, so it earns no continuing education credit."
    )


RECORDS = json.loads(Path(__file__).with_name("records_of_each_form.json").read_text("utf-8"))


@pytest.mark.parametrize("form", range(1, snapshot.SCHEMA + 1))
def test_a_record_of_each_form_is_genuine_for_ever(form: int) -> None:
    """The file is never written again: a later form adds its own record."""
    record = Record.from_json(json.dumps(RECORDS["records"][str(form)]))
    facts = record.parsed_facts
    assert facts["schema"] == form
    assert signing.verify_record(record, RECORDS["public_keys"]).is_genuine
    printed = printed_facts(facts)
    assert ("licences" in printed) is (form > 1)
    assert ("corrects" in printed) is (form == 3)
    assert printed.get("issued_for", "") == (
        "Florida Board of Massage Therapy" if form == 4 else ""
    )
    assert printed["marker"] == ("1.5 hours" if form == 4 else "For study; no CE credit")
    forged = replace(record, snapshot=record.snapshot.replace("Harbour", "Harbor"))
    assert signing.verify_record(forged, RECORDS["public_keys"]).changed


def test_where_some_authority_has_approved_the_course_none_is_denied() -> None:
    reason = snapshot.STUDY.credit_reason_once_approved
    assert "No accrediting body" not in reason
