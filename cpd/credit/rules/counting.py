"""Whether a course counts for one license: what stands against the course, and the cycle."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from cpd.credit.rules.activities import Activity
from cpd.credit.rules.authorities import Authority
from cpd.credit.rules.authority_file import Statement
from cpd.credit.rules.cycles import Outcome, count_cycle
from cpd.credit.rules.issue_checks import (
    Answer,
    LicenseToCheck,
    Refusal,
    find_answer,
    find_holder_refusals,
)


@dataclass(frozen=True)
class OwnedLicense:
    """A license as its holder states it."""

    number: str
    issued_on: date | None
    expires_on: date | None


@dataclass(frozen=True)
class IssuedCredit:
    """The credit that a valid certificate of this site claims."""

    authority: str
    enrolment_id: int
    activity: Activity


@dataclass(frozen=True)
class Verdict:
    """Why a course does not count for a license; nothing if it does."""

    refusals: tuple[Refusal, ...]
    rules: tuple[Statement, ...] = ()
    """The limits of the authority that take from what it adds."""

    @property
    def answer(self) -> Answer:
        """Whether it counts."""
        return find_answer(self.refusals)


def decide_whether_course_counts(
    authority: Authority,
    license_: OwnedLicense,
    activities: Sequence[Activity],
    course: Activity,
    *,
    against: Sequence[Refusal],
    approved: Decimal | None,
    earlier: Collection[date] = (),
) -> Verdict:
    """Say whether a course counts for a license beside what was done already.

    `against` is what stands against the course for whoever completes it on that day, and `approved`
    the amount of an approval of it by this authority that holds on that day. `earlier` holds the
    days on which its holder earned credit for the same course, whatever it was called.
    """
    if authority.file.counts == "reflection":
        return Verdict(tuple(against))
    day = course.completed_on
    taken = replace(course, stated=approved)
    report = count_cycle(
        authority,
        issued_on=license_.issued_on,
        expires_on=license_.expires_on,
        activities=[*activities, taken],
        today=day,
    )
    first, last = (report.period.first, report.period.last) if report.period else (None, None)
    held = LicenseToCheck(license_.number, first, last or license_.expires_on)
    found = {*against, *find_holder_refusals(authority, held, day, earlier=earlier)}
    line = next(one for one in report.lines if one.activity is taken)
    if line.outcome is Outcome.REPEATED:
        found.add(Refusal.REPEATED)
    if line.outcome is Outcome.LIMITED and not line.counted:
        found.add(Refusal.LIMIT)
    return Verdict(tuple(one for one in Refusal if one in found), line.limits)
