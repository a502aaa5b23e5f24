"""Whether a course would count for a license, and which files are taken as evidence."""

from datetime import date
from decimal import Decimal

import pytest

from cpd.credit.authority_loading import load_authorities
from cpd.credit.rules.activities import Activity, Manner, parse_units
from cpd.credit.rules.authorities import guess_authority
from cpd.credit.rules.counting import (
    Answer,
    Because,
    LicenseDates,
    Verdict,
    decide_whether_course_counts,
)
from cpd.credit.rules.evidence import (
    MOST_BYTES,
    EvidenceFault,
    find_addition_fault,
    find_pdf_fault,
    find_size_fault,
)

TODAY = date(2026, 11, 30)
COURSE = Activity("rev", "MS", "Us", TODAY, 120, Manner.SELF_PACED_ONLINE)
FULL = Activity("old", "Feet", "Lake", date(2026, 2, 1), 720, Manner.SELF_PACED)
APPROVED = Decimal(2)


def verdict(
    slug: str,
    *done: Activity,
    approved: Decimal | None = APPROVED,
    ends: date = date(2027, 8, 31),
) -> Verdict:
    return decide_whether_course_counts(
        load_authorities()[slug],
        LicenseDates(date(2019, 1, 1), ends),
        done,
        COURSE,
        approved=approved,
        today=TODAY,
    )


@pytest.mark.parametrize(
    ("found", "answer", "because"),
    [
        (verdict("cmto"), Answer.DOES_NOT, Because.REFLECTION),
        (verdict("texas", approved=None), Answer.UNCLEAR, Because.NO_APPROVAL),
        (verdict("amta", approved=None), Answer.UNCLEAR, Because.NO_RULE),
        (verdict("texas", ends=date(2026, 11, 29)), Answer.UNCLEAR, Because.ENDED),
        (verdict("texas"), Answer.COUNTS, Because.APPROVED),
        (verdict("new-york", FULL), Answer.DOES_NOT, Because.LIMIT),
    ],
)
def test_a_course_counts_or_not(found: Verdict, answer: Answer, because: Because) -> None:
    assert (found.answer, found.because) == (answer, because)


def test_a_course_that_was_taken_in_this_cycle_does_not_count_again() -> None:
    earlier = Activity("a", "ms", "US", date(2026, 3, 1), 60, Manner.LIVE_ONLINE)
    assert verdict("texas", earlier).because is Because.REPEATED


def test_rules_are_named() -> None:
    assert "approved" in verdict("texas", approved=None).rules[0].text
    assert "No more than twelve" in verdict("new-york", FULL).rules[0].text


@pytest.mark.parametrize(
    ("text", "units"),
    [("2.5", Decimal("2.5")), ("2,5", Decimal("2.5")), ("0", None), ("1.234", None), ("-1", None)],
)
def test_units_are_read(text: str, units: Decimal | None) -> None:
    assert parse_units(text) == units


@pytest.mark.parametrize(
    ("issuer", "slug"),
    [
        ("Texas Department of Licensing and Regulation", "texas"),
        ("State of Florida, Department of Health", "florida"),
        ("Harbour County Register", None),
        ("Texas and Florida", None),
    ],
)
def test_an_authority_is_guessed_only_when_it_is_named(issuer: str, slug: str | None) -> None:
    found = guess_authority(issuer, load_authorities().values())
    assert (found.slug if found else None) == slug


def test_files_are_judged_by_their_content() -> None:
    assert find_size_fault(b"") is EvidenceFault.EMPTY
    assert find_size_fault(b"0" * (MOST_BYTES + 1)) is EvidenceFault.TOO_LARGE
    assert find_size_fault(b"0" * MOST_BYTES) is None
    assert find_pdf_fault(b"%PDF-1.4") is EvidenceFault.BROKEN_PDF
    assert find_pdf_fault(b"%PDF-1.4 /JavaScript %%EOF") is EvidenceFault.ACTIVE_PDF
    assert find_pdf_fault(b"%PDF-1.4 %%EOF") is None
    assert find_addition_fault("a", ["a"]) is EvidenceFault.KNOWN
    assert find_addition_fault("e", ["a", "b", "c", "d"]) is EvidenceFault.TOO_MANY
    assert find_addition_fault("e", ["a", "b", "c"]) is None
