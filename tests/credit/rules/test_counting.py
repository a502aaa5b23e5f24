"""Whether a course would count for a license, and which files are taken as evidence."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cpd.credit.authority_loading import load_authorities
from cpd.credit.rules.activities import Activity, Manner, parse_units
from cpd.credit.rules.authorities import guess_authority
from cpd.credit.rules.counting import OwnedLicense, Verdict, decide_whether_course_counts
from cpd.credit.rules.evidence import (
    MOST_BYTES,
    EvidenceFault,
    find_addition_fault,
    find_pdf_fault,
    find_size_fault,
)
from cpd.credit.rules.issue_checks import Answer, Refusal

TODAY = date(2026, 11, 30)
COURSE = Activity("rev", "MS", "Us", TODAY, 120, Manner.SELF_PACED_ONLINE)
FULL = Activity("old", "Feet", "Lake", date(2026, 2, 1), 720, Manner.SELF_PACED)
SOME = replace(FULL, minutes=660)
AGAIN = Activity("a", "ms", "US", date(2026, 3, 1), 60, Manner.LIVE_ONLINE)
BEFORE = replace(AGAIN, completed_on=date(2023, 3, 1))
MISSING = (Refusal.COURSE_NOT_APPROVED,)


def verdict(
    slug: str,
    *done: Activity,
    approved: Decimal | None = Decimal(2),
    ends: date | None = date(2027, 8, 31),
    number: str = "MT 1",
    against: tuple[Refusal, ...] = (),
) -> Verdict:
    return decide_whether_course_counts(
        load_authorities()[slug],
        OwnedLicense(number, date(2019, 1, 1), ends),
        done,
        COURSE,
        against=against,
        approved=approved,
    )


@pytest.mark.parametrize(
    ("found", "answer", "refusals"),
    [
        (verdict("texas"), Answer.COUNTS, ()),
        (verdict("texas", ends=None), Answer.COUNTS, ()),
        (verdict("texas", BEFORE), Answer.COUNTS, ()),
        (verdict("new-york", SOME), Answer.COUNTS, ()),
        (verdict("cmto", against=(Refusal.NO_HOURS,)), Answer.DOES_NOT, (Refusal.NO_HOURS,)),
        (verdict("texas", approved=None, against=MISSING), Answer.DOES_NOT, MISSING),
        (verdict("texas", against=(Refusal.STALE,)), Answer.UNCLEAR, (Refusal.STALE,)),
        (verdict("texas", number="no"), Answer.DOES_NOT, (Refusal.LICENSE_MALFORMED,)),
        (
            verdict("texas", ends=date(2026, 11, 29)),
            Answer.DOES_NOT,
            (Refusal.OUTSIDE_CYCLE,),
        ),
        (verdict("texas", AGAIN), Answer.DOES_NOT, (Refusal.REPEATED,)),
        (verdict("new-york", FULL), Answer.DOES_NOT, (Refusal.LIMIT,)),
        (
            verdict("texas", AGAIN, against=MISSING),
            Answer.DOES_NOT,
            (*MISSING, Refusal.REPEATED),
        ),
    ],
)
def test_a_course_counts_or_not(
    found: Verdict, answer: Answer, refusals: tuple[Refusal, ...]
) -> None:
    assert (found.answer, found.refusals) == (answer, refusals)


def test_limits_are_named() -> None:
    for found in (verdict("new-york", FULL), verdict("new-york", SOME)):
        assert "No more than twelve" in found.rules[0].text


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
