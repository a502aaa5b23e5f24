"""Printed facts: each fact of the snapshot has the same words everywhere."""

from datetime import UTC, date, datetime

import pytest

from cpd.certificates.rules import snapshot
from cpd.certificates.rules.codes import format_code
from cpd.certificates.rules.printed_facts import format_day, printed_facts
from cpd.courses.rules.fronts.course import Author
from tests.factories.certificates import facts, first_form

NIGHT = datetime(2026, 11, 23, 3, 30, tzinfo=UTC)


def test_the_day_of_completion_is_that_of_the_holders_zone() -> None:
    made = facts(completed_at=NIGHT)
    assert made["completed"] == {
        "at": "2026-11-23T03:30:00+00:00",
        "on": "2026-11-22",
        "zone": "America/Chicago",
    }
    assert printed_facts(made)["completed"] == "22 November 2026 (America/Chicago)"


def test_every_fact_is_printed() -> None:
    made = facts(completed_at=NIGHT)
    words = printed_facts(made)
    assert words == {
        "provider": "Harbour Continuing Education",
        "demonstration": "Demonstration: not valid for credit",
        "title": "Record of study: passed",
        "name": "Maya Chidinma Okafor",
        "licences": "Texas Board: MT 004711",
        "statement": "completed this course and passed its examination",
        "course": "Massage in hot weather",
        "marker": "For study; no CE credit",
        "credit": (
            "Credit: none. No accrediting body has approved this course, and its clinical review "
            "is not complete, so it earns no continuing education credit."
        ),
        "completed": "22 November 2026 (America/Chicago)",
        "score": "91% (11/12 of full marks)",
        "pass_mark": "75%",
        "activity": "Home study, online",
        "reading": "4,321 words ÷ 200 a minute = 21.6 minutes",
        "subjects": "Neurology; Client safety",
        "authors": "Ada Lindqvist, LMT (author)",
        "sign_off": "Not yet signed off by a clinician",
        "version": "3, of 20 November 2026 (rev_0123456789abcdefghjkmnpqrs)",
        "language": "English (United Kingdom)",
        "contact": "courses@harbour.example",
        "issued_at": "23 November 2026, 03:30 UTC",
        "code": format_code(made["code"]),
        "verify_at": f"https://cpd.example.org/verify/{format_code(made['code'])}",
        "key": "20261101T080000Z-0123abcd",
    }


def test_licences_stand_in_the_order_of_the_profile_or_not_at_all() -> None:
    held = [snapshot.StatedLicense("Board", "1"), snapshot.StatedLicense("College", "2")]
    assert printed_facts(facts(licences=held))["licences"] == "Board: 1; College: 2"
    assert "licences" not in printed_facts(facts(licences=[]))


def test_a_snapshot_of_before_is_printed_as_it_was() -> None:
    now = facts()
    words = printed_facts(now)
    del words["licences"]
    assert printed_facts(first_form(now)) == words


def test_full_marks_are_not_printed_as_one_of_one() -> None:
    made = facts()
    made["score"] |= {"earned": 1, "possible": 1}
    assert printed_facts(made)["score"] == "100% (full marks)"


def test_without_a_demonstration_no_such_line_is_printed() -> None:
    made = facts(is_demo=False)
    assert made["demonstration"] == ""
    assert "demonstration" not in printed_facts(made)


@pytest.mark.parametrize(
    ("author", "words"),
    [
        (Author("Ada Lindqvist"), "Ada Lindqvist"),
        (Author("Ada Lindqvist", "LMT"), "Ada Lindqvist, LMT"),
        (Author("Ada Lindqvist", role="editor"), "Ada Lindqvist (editor)"),
    ],
)
def test_how_authors_are_printed(author: Author, words: str) -> None:
    assert printed_facts(facts(authors=[author]))["authors"] == words


def test_how_a_day_is_printed() -> None:
    assert format_day(date(2026, 1, 5)) == "5 January 2026"
    assert format_day(date(2026, 12, 31)) == "31 December 2026"
