"""Whether a course would count for a license: counts, does not, or unclear, because."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from cpd.credit.rules.activities import Activity
from cpd.credit.rules.authorities import Authority
from cpd.credit.rules.authority_file import Statement
from cpd.credit.rules.cycles import Line, Outcome, count_cycle


class Answer(StrEnum):
    """Whether a course would count."""

    COUNTS = "counts"
    DOES_NOT = "does-not"
    UNCLEAR = "unclear"


class Because(StrEnum):
    """Why it would count, or would not."""

    APPROVED = "approved"
    """An approval is on file, and nothing stands against it."""
    REFLECTION = "reflection"
    """The authority counts nothing."""
    NO_APPROVAL = "no-approval"
    """The authority accepts what is approved, and no approval of this course is on file."""
    NO_RULE = "no-rule"
    """No source that was read says which courses the authority accepts."""
    ENDED = "ended"
    """The cycle is over, and its holder has not entered the next one."""
    REPEATED = "repeated"
    """The same course counts already in this cycle."""
    LIMIT = "limit"
    """A cap leaves no room in this cycle."""


@dataclass(frozen=True)
class Verdict:
    """Whether a course would count for a license, and why."""

    answer: Answer
    because: Because
    rules: tuple[Statement, ...] = ()
    """What the authority says about it."""
    line: Line | None = None
    """What it would add to the cycle."""


@dataclass(frozen=True)
class LicenseDates:
    """When a license was issued and when it expires."""

    issued_on: date | None
    expires_on: date | None


def decide_whether_course_counts(
    authority: Authority,
    dates: LicenseDates,
    activities: Sequence[Activity],
    course: Activity,
    *,
    approved: Decimal | None,
    today: date,
) -> Verdict:
    """Say whether a course, completed today, would count beside what was done already.

    `approved` is the amount of an approval by this authority that is on file and holds today.
    """
    if authority.file.counts == "reflection":
        return Verdict(Answer.DOES_NOT, Because.REFLECTION)
    if approved is None:
        rules = tuple(one for one in authority.file.rules.approval if one.is_in_force(today))
        because = Because.NO_APPROVAL if rules else Because.NO_RULE
        return Verdict(Answer.UNCLEAR, because, rules)
    taken = replace(course, stated=approved, completed_on=today)
    report = count_cycle(
        authority,
        issued_on=dates.issued_on,
        expires_on=dates.expires_on,
        activities=[*activities, taken],
        today=today,
    )
    line = next(one for one in report.lines if one.activity is taken)
    if line.outcome is Outcome.LATER:
        return Verdict(Answer.UNCLEAR, Because.ENDED, line=line)
    if line.outcome is Outcome.REPEATED:
        return Verdict(Answer.DOES_NOT, Because.REPEATED, line=line)
    if not line.counted:
        return Verdict(Answer.DOES_NOT, Because.LIMIT, line.limits, line)
    return Verdict(Answer.COUNTS, Because.APPROVED, line.limits, line)
