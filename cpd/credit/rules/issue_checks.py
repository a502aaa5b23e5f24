"""What keeps a course from counting for an authority, and a certificate from being accepted.

Each reason is found from data. Those that do not depend on the result are found before anyone
begins, so that nobody learns of them after passing.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from cpd.credit.rules.approvals import ApprovalOnFile
from cpd.credit.rules.authorities import Authority, find_conflicts, find_settled
from cpd.credit.rules.authority_file import FieldName
from cpd.credit.rules.claims import find_claim_fault
from cpd.credit.rules.worksheets import Worksheet

ATTENDED = frozenset({"classroom", "classroom hours", "hands-on", "in person", "live"})
"""Categories that a course to read online cannot have."""
_LICENSE_NUMBER = re.compile(r"[A-Z0-9](?:[A-Z0-9 ./-]{0,28}[A-Z0-9])?")
_MONTH = timedelta(days=365) / 12


class Refusal(StrEnum):
    """Why a course or a certificate does not count, in the order in which reasons are given."""

    PILOT = "pilot"
    """It is taken in a pilot group, which was told beforehand that it earns no credit."""
    NO_HOURS = "no-hours"
    """The authority counts no time at all."""
    STALE = "stale"
    """Its rules were last read too long ago."""
    CONFLICT = "conflict"
    """Its sources contradict each other about its unit or about what must be approved."""
    UNKNOWN_APPROVAL = "unknown-approval"
    """No source says what must be approved, and nothing is."""
    PROVIDER_NOT_APPROVED = "provider-not-approved"
    COURSE_NOT_APPROVED = "course-not-approved"
    """However the provider is approved."""
    NOT_REVIEWED = "not-reviewed"
    """The clinical sign-off or the provider's own reviews are not complete."""
    NOT_YET = "not-yet"
    """The approval on file begins later."""
    ENDED = "ended"
    """The approval on file has ended."""
    PASSED_BEFORE = "passed-before"
    """The course was passed before the approval begins."""
    TITLE_DIFFERS = "title-differs"
    HOURS_DIFFER = "hours-differ"
    """This version bears out less than was approved."""
    NO_AMOUNT = "no-amount"
    """Nobody approved an amount, and none can be computed."""
    WRONG_CATEGORY = "wrong-category"
    """It was approved as something attended in person."""
    LICENSE_MISSING = "license-missing"
    LICENSE_MALFORMED = "license-malformed"
    OUTSIDE_CYCLE = "outside-cycle"
    """It was completed outside the cycle of the license."""
    REPEATED = "repeated"
    """The same course was completed in the same cycle before."""
    LIMIT = "limit"
    """A limit of the authority leaves no room for it in the cycle."""
    WRONG_NAME = "wrong-name"
    """The document is not called what the authority wants."""
    WRONG_UNIT = "wrong-unit"
    """The document uses another word for the unit, such as CEU for CE."""
    FIELD_MISSING = "field-missing"
    """The document lacks something that the authority wants on it."""


UNCLEAR = frozenset({Refusal.STALE, Refusal.CONFLICT, Refusal.UNKNOWN_APPROVAL, Refusal.NO_AMOUNT})
"""Reasons for which nobody can say whether it counts; all others mean that it does not."""


class Answer(StrEnum):
    """Whether something counts."""

    COUNTS = "counts"
    DOES_NOT = "does-not"
    UNCLEAR = "unclear"


def find_answer(refusals: Collection[Refusal]) -> Answer:
    """Return what reasons amount to: what certainly keeps it from counting decides."""
    if not refusals:
        return Answer.COUNTS
    return Answer.UNCLEAR if UNCLEAR.issuperset(refusals) else Answer.DOES_NOT


@dataclass(frozen=True)
class VersionToCheck:
    """One version of a course, as a certificate would name it."""

    course_id: int
    title: str
    """As it is printed on certificates."""
    is_reviewed: bool
    """Whether a clinician has signed it, and the provider's own reviewers all of its texts."""
    worksheet: Worksheet
    lacking: frozenset[FieldName] = frozenset()
    """What no certificate of it could show, because the provider has not entered it."""


def find_course_refusals(
    authority: Authority,
    version: VersionToCheck,
    approvals: Sequence[ApprovalOnFile],
    day: date,
    *,
    is_passed: bool = False,
    is_pilot: bool = False,
) -> tuple[Refusal, ...]:
    """Return why a version completed on a day does not count, whoever completes it.

    `is_passed` tells whether that day is the one on which somebody passed, or today; `is_pilot`
    whether it is taken in a pilot group.
    """
    if authority.file.counts == "reflection":
        return (Refusal.NO_HOURS,)
    own = [one for one in approvals if one.authority == authority.slug]
    of_course = [one for one in own if one.course_id == version.course_id]
    present = next((one for one in of_course if one.holds_on(day)), None)
    found = {
        *({Refusal.PILOT} if is_pilot else ()),
        *_find_doubts(authority, day),
        *_find_approval_refusals(authority, own, version.course_id, day, is_passed=is_passed),
        *_find_version_refusals(authority, version, present, day, has_approval=bool(of_course)),
    }
    return tuple(reason for reason in Refusal if reason in found)


def _find_doubts(authority: Authority, day: date) -> set[Refusal]:
    rules = authority.file.rules
    in_conflict = find_conflicts(rules.unit, day) or find_conflicts(rules.approval, day)
    return {
        reason
        for reason, holds in (
            (Refusal.STALE, authority.is_stale(day)),
            (Refusal.CONFLICT, bool(in_conflict)),
        )
        if holds
    }


def _find_approval_refusals(
    authority: Authority,
    own: Sequence[ApprovalOnFile],
    course_id: int,
    day: date,
    *,
    is_passed: bool,
) -> set[Refusal]:
    """Return what lacks approval on a day, of what the authority says must be approved."""
    rule = find_settled(authority.file.rules.approval, day)
    if rule is None and not own:
        return {Refusal.UNKNOWN_APPROVAL}
    approved = rule.approved if rule else ()
    of_provider = [one for one in own if one.course_id is None]
    found = set()
    if {"provider", "sponsor"}.intersection(approved) or (rule is None and of_provider):
        found |= _find_window_refusal(
            of_provider, day, otherwise=Refusal.PROVIDER_NOT_APPROVED, is_passed=is_passed
        )
    of_course = [one for one in own if one.course_id == course_id]
    if of_course or "course" in approved:
        found |= _find_window_refusal(
            of_course, day, otherwise=Refusal.COURSE_NOT_APPROVED, is_passed=is_passed
        )
    return found


def _find_window_refusal(
    approvals: Sequence[ApprovalOnFile], day: date, *, otherwise: Refusal, is_passed: bool
) -> set[Refusal]:
    if not approvals:
        return {otherwise}
    if any(one.holds_on(day) for one in approvals):
        return set()
    if any(day < one.first_day for one in approvals):
        return {Refusal.PASSED_BEFORE if is_passed else Refusal.NOT_YET}
    return {Refusal.ENDED}


def _find_version_refusals(
    authority: Authority,
    version: VersionToCheck,
    approval: ApprovalOnFile | None,
    day: date,
    *,
    has_approval: bool,
) -> set[Refusal]:
    """Return how a version differs from its approval, or what it lacks without one."""
    found = set() if version.is_reviewed else {Refusal.NOT_REVIEWED}
    if approval is not None:
        found |= find_mismatches(version, approval)
        if approval.category.casefold() in ATTENDED:
            found.add(Refusal.WRONG_CATEGORY)
    if version.lacking & find_wanted_fields(authority, day):
        found.add(Refusal.FIELD_MISSING)
    if approval is None and not has_approval:
        line = version.worksheet.find_line(authority.slug)
        if line is None or line.amount is None:
            found.add(Refusal.NO_AMOUNT)
    return found


def find_mismatches(version: VersionToCheck, approval: ApprovalOnFile) -> set[Refusal]:
    """Return in what a version does not match the approval of its course."""
    found = set()
    if version.title != approval.title:
        found.add(Refusal.TITLE_DIFFERS)
    if approval.amount is None or find_claim_fault(
        approval.amount, version.worksheet, approval.authority, approval.pilot
    ):
        found.add(Refusal.HOURS_DIFFER)
    return found


@dataclass(frozen=True)
class LicenseToCheck:
    """A license as its holder states it, with its present cycle."""

    number: str
    cycle_begins: date | None = None
    cycle_ends: date | None = None


def is_license_number(text: str) -> bool:
    """Tell whether a text can be the number of a license: capitals and digits, at least one digit.

    No source that we read says how an authority writes its numbers, so this is all that is checked.
    """
    return bool(_LICENSE_NUMBER.fullmatch(text)) and any(sign.isdecimal() for sign in text)


def find_holder_refusals(
    authority: Authority, held: LicenseToCheck | None, day: date, *, earlier: Collection[date] = ()
) -> tuple[Refusal, ...]:
    """Return why a completion on a day does not count for somebody.

    `earlier` holds the days on which they completed the same course before.
    """
    found = set()
    if held is None:
        if "license-number" in find_wanted_fields(authority, day):
            found.add(Refusal.LICENSE_MISSING)
    elif not is_license_number(held.number):
        found.add(Refusal.LICENSE_MALFORMED)
    if held is not None and not _is_in_cycle(held, day):
        found.add(Refusal.OUTSIDE_CYCLE)
    if any(_is_in_same_cycle(authority, held, one, day) for one in earlier):
        found.add(Refusal.REPEATED)
    return tuple(reason for reason in Refusal if reason in found)


def _is_in_cycle(held: LicenseToCheck, day: date) -> bool:
    begins, ends = held.cycle_begins, held.cycle_ends
    return (begins is None or begins <= day) and (ends is None or day <= ends)


def _is_in_same_cycle(
    authority: Authority, held: LicenseToCheck | None, earlier: date, day: date
) -> bool:
    """Tell whether two days lie in one cycle: that of the license, or the authority's length."""
    if held is not None and held.cycle_begins is not None:
        return held.cycle_begins <= earlier
    cycle = find_settled(authority.file.rules.cycle, day)
    if cycle is None or cycle.months is None:
        return False
    return day - earlier < cycle.months * _MONTH


@dataclass(frozen=True)
class DocumentToCheck:
    """What a certificate would be called, and what it would carry."""

    name: str
    """Such as “Certificate of Achievement”."""
    unit: str
    """The word after the number of hours."""
    fields: frozenset[FieldName]


def find_document_refusals(
    authority: Authority, document: DocumentToCheck, day: date
) -> tuple[Refusal, ...]:
    """Return why an authority would refuse a document by its wording or its fields."""
    found = set()
    name, unit = authority.find_document_title(day), authority.find_unit(day)
    if name is not None and document.name != name:
        found.add(Refusal.WRONG_NAME)
    if unit is not None and (document.unit != unit.label):
        found.add(Refusal.WRONG_UNIT)
    if not document.fields.issuperset(find_wanted_fields(authority, day)):
        found.add(Refusal.FIELD_MISSING)
    return tuple(reason for reason in Refusal if reason in found)


def find_wanted_fields(authority: Authority, day: date) -> frozenset[FieldName]:
    """Return what an authority wants on a certificate; nothing where its sources settle nothing."""
    wanted = find_settled(authority.file.rules.fields, day)
    return frozenset() if wanted is None else frozenset(wanted.fields)
