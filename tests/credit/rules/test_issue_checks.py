"""Every reason for which credit is refused is found, and is not found where it does not hold."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cpd.credit.labels import REFUSALS
from cpd.credit.rules import issue_checks as checks
from cpd.credit.rules.approvals import ApprovalOnFile
from cpd.credit.rules.authorities import Authority
from cpd.credit.rules.authority_file import FieldName
from cpd.credit.rules.formulas import CourseSize
from cpd.credit.rules.issue_checks import (
    Answer,
    DocumentToCheck,
    LicenseToCheck,
    Refusal,
    VersionToCheck,
)
from cpd.credit.rules.worksheets import CourseVersionToCount, build_worksheet

Make = Callable[..., Authority]
DAY = date(2026, 12, 1)
OF_PROVIDER = ApprovalOnFile("oasis", None, "P-1", "Harbour", date(2026, 1, 1), date(2026, 12, 31))
OF_COURSE = replace(
    OF_PROVIDER, course_id=1, number="C-1", title="Heat", amount=Decimal(1), category="Safety"
)
BOTH = (OF_PROVIDER, OF_COURSE)
RULE = "    - {text: It counts words., sources: [rule], formula: ncbtmb}\n"
MUST = "    - {text: Both., sources: [rule], approved: [provider, course]}\n"
APPROVAL = "  approval:\n" + MUST
FIELDS = "  fields:\n    - {text: All., sources: [rule], fields: [name, license-number]}\n"
CYCLE = "  cycle:\n"


def version_of(authority: Authority, words: int = 12_000) -> VersionToCheck:
    """Return a version of a course that is worth 1.2 hours of 50 minutes, rounded down to 1."""
    course = CourseVersionToCount(
        title="Heat",
        revision="rev_1",
        number=1,
        content_hash="0" * 64,
        size=CourseSize(words=words, questions=10),
        words_in_sections=words,
        words_in_practice=0,
    )
    worksheet = build_worksheet(course, [authority], today=DAY)
    return VersionToCheck(1, "Heat", is_reviewed=True, worksheet=worksheet)


@pytest.fixture
def strict(authority: Make) -> Authority:
    """An authority that wants both approved, and the number of the license."""
    return authority(CYCLE, APPROVAL + FIELDS + CYCLE)


def test_what_matches_its_approvals_counts(strict: Authority) -> None:
    found = checks.find_course_refusals(strict, version_of(strict), BOTH, DAY)
    assert found == ()
    assert checks.find_answer(found) is Answer.COUNTS


def test_nothing_that_is_approved_counts_in_a_pilot_group(strict: Authority) -> None:
    found = checks.find_course_refusals(strict, version_of(strict), BOTH, DAY, is_pilot=True)
    assert found == (Refusal.PILOT,)
    assert checks.find_answer(found) is Answer.DOES_NOT


@pytest.mark.parametrize(
    ("approvals", "why"),
    [
        ((), {Refusal.PROVIDER_NOT_APPROVED, Refusal.COURSE_NOT_APPROVED}),
        ((OF_PROVIDER,), {Refusal.COURSE_NOT_APPROVED}),
        ((OF_COURSE,), {Refusal.PROVIDER_NOT_APPROVED}),
        ((OF_PROVIDER, replace(OF_COURSE, authority="desert")), {Refusal.COURSE_NOT_APPROVED}),
        ((OF_PROVIDER, replace(OF_COURSE, course_id=2)), {Refusal.COURSE_NOT_APPROVED}),
        ((OF_PROVIDER, replace(OF_COURSE, first_day=date(2026, 12, 2))), {Refusal.NOT_YET}),
        ((OF_PROVIDER, replace(OF_COURSE, last_day=date(2026, 11, 30))), {Refusal.ENDED}),
        ((OF_PROVIDER, replace(OF_COURSE, title="heat")), {Refusal.TITLE_DIFFERS}),
        ((OF_PROVIDER, replace(OF_COURSE, amount=Decimal("1.5"))), {Refusal.HOURS_DIFFER}),
        ((OF_PROVIDER, replace(OF_COURSE, amount=None)), {Refusal.HOURS_DIFFER}),
        ((OF_PROVIDER, replace(OF_COURSE, category="Hands-on")), {Refusal.WRONG_CATEGORY}),
    ],
)
def test_each_difference_from_the_approvals_is_found(
    strict: Authority, approvals: tuple[ApprovalOnFile, ...], why: set[Refusal]
) -> None:
    found = checks.find_course_refusals(strict, version_of(strict), approvals, DAY)
    assert set(found) - {Refusal.NO_AMOUNT} == why
    assert checks.find_answer(found) is Answer.DOES_NOT


def test_approval_does_not_count_backward(strict: Authority) -> None:
    later = (OF_PROVIDER, replace(OF_COURSE, first_day=date(2026, 12, 2)))
    version = version_of(strict)
    passed = checks.find_course_refusals(strict, version, later, DAY, is_passed=True)
    assert passed == (Refusal.PASSED_BEFORE,)
    on_the_day = date(2026, 12, 2)
    assert checks.find_course_refusals(strict, version, later, on_the_day, is_passed=True) == ()


def test_a_version_that_is_not_reviewed_does_not_count(strict: Authority) -> None:
    unreviewed = replace(version_of(strict), is_reviewed=False)
    found = checks.find_course_refusals(strict, unreviewed, BOTH, DAY)
    assert found == (Refusal.NOT_REVIEWED,)


@pytest.mark.parametrize(
    ("old", "new", "approvals", "why"),
    [
        ("counts: hours", "counts: reflection", BOTH, {Refusal.NO_HOURS}),
        ("checked: 2026-11-30", "checked: 2024-11-30", BOTH, {Refusal.STALE}),
        (CYCLE, APPROVAL + MUST + CYCLE, BOTH, {Refusal.CONFLICT}),
        ("", "", (), {Refusal.UNKNOWN_APPROVAL}),
        ("", "", (OF_PROVIDER,), set()),
        ("", "", (OF_COURSE,), set()),
        (RULE, "    []\n", (OF_PROVIDER,), {Refusal.NO_AMOUNT}),
    ],
)
def test_rules_that_leave_it_open_are_named(
    authority: Make, old: str, new: str, approvals: tuple[ApprovalOnFile, ...], why: set[Refusal]
) -> None:
    made = authority(old, new)
    found = checks.find_course_refusals(made, version_of(made), approvals, DAY)
    assert set(found) == why
    if why and why != {Refusal.NO_HOURS}:
        assert checks.find_answer(found) is Answer.UNCLEAR


@pytest.mark.parametrize("approval", BOTH, ids=["provider", "course"])
def test_an_approval_that_has_ended_counts_nowhere_even_where_no_rule_asks_for_it(
    authority: Make, approval: ApprovalOnFile
) -> None:
    made = authority("", "")
    ended = replace(approval, last_day=date(2026, 11, 30))
    later = replace(approval, first_day=date(2026, 12, 2))
    version = version_of(made)
    assert checks.find_course_refusals(made, version, (ended,), DAY) == (Refusal.ENDED,)
    assert checks.find_course_refusals(made, version, (later,), DAY) == (Refusal.NOT_YET,)


def test_an_authority_that_approves_providers_alone_needs_no_more(authority: Make) -> None:
    made = authority(CYCLE, APPROVAL.replace(", course", "") + CYCLE)
    assert checks.find_course_refusals(made, version_of(made), (OF_PROVIDER,), DAY) == ()
    only_course = authority(CYCLE, APPROVAL.replace("provider, ", "") + CYCLE)
    assert checks.find_course_refusals(only_course, version_of(made), (OF_COURSE,), DAY) == ()


HELD = LicenseToCheck("MA 12345", date(2026, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("held", "earlier", "why"),
    [
        (HELD, (), ()),
        (None, (), (Refusal.LICENSE_MISSING,)),
        (replace(HELD, number="pending"), (), (Refusal.LICENSE_MALFORMED,)),
        (replace(HELD, number="MA"), (), (Refusal.LICENSE_MALFORMED,)),
        (replace(HELD, cycle_ends=date(2026, 11, 30)), (), (Refusal.OUTSIDE_CYCLE,)),
        (replace(HELD, cycle_begins=date(2026, 12, 2)), (), (Refusal.OUTSIDE_CYCLE,)),
        (HELD, (date(2026, 1, 1),), (Refusal.REPEATED,)),
        (HELD, (date(2025, 12, 31),), ()),
        (LicenseToCheck("1"), (date(2025, 1, 1),), (Refusal.REPEATED,)),
        (LicenseToCheck("1"), (date(2024, 11, 1),), ()),
    ],
)
def test_the_license_is_there_and_its_cycle_fits(
    strict: Authority,
    held: LicenseToCheck | None,
    earlier: tuple[date, ...],
    why: tuple[Refusal, ...],
) -> None:
    assert checks.find_holder_refusals(strict, held, DAY, earlier=earlier) == why


def test_without_a_known_cycle_or_fields_nothing_is_held_against_anyone(authority: Make) -> None:
    made = authority("months: 24", "group: All")
    assert checks.find_holder_refusals(made, None, DAY, earlier=[date(2026, 11, 1)]) == ()


DOCUMENT = DocumentToCheck("Certificate", "hours", frozenset({"name", "license-number"}))


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (DOCUMENT, ()),
        (replace(DOCUMENT, name="Certificate of Completion"), (Refusal.WRONG_NAME,)),
        (replace(DOCUMENT, unit="CEU"), (Refusal.WRONG_UNIT,)),
        (replace(DOCUMENT, fields=frozenset({"name"})), (Refusal.FIELD_MISSING,)),
    ],
)
def test_the_document_says_what_the_authority_wants(
    strict: Authority, document: DocumentToCheck, why: tuple[Refusal, ...]
) -> None:
    assert checks.find_document_refusals(strict, document, DAY) == why


def test_an_authority_without_wishes_takes_any_document(authority: Make) -> None:
    made = authority("title: Certificate", "title: Other, until: 2020-01-01")
    conflicting = "- {text: An hour is 60., sources: [rule], label: CE, hours: 1}\n    - {text: An"
    both = authority("- {text: An", conflicting)
    assert checks.find_document_refusals(made, DOCUMENT, DAY) == ()
    assert checks.find_document_refusals(both, replace(DOCUMENT, unit="CE"), DAY) == ()


def test_every_reason_has_a_sentence() -> None:
    assert set(REFUSALS) == set(Refusal)


@pytest.mark.parametrize(
    ("lacking", "is_refused"), [(frozenset({"name"}), True), (frozenset({"place"}), False)]
)
def test_what_no_certificate_could_show_is_known_before(
    strict: Authority, lacking: frozenset[FieldName], *, is_refused: bool
) -> None:
    version = replace(version_of(strict), lacking=lacking)
    found = checks.find_course_refusals(strict, version, BOTH, DAY)
    assert found == ((Refusal.FIELD_MISSING,) if is_refused else ())
