"""What counts toward one cycle of a license: what is done, what is missing, and why.

Nothing is ever rounded up, an activity that was logged twice counts once, and no cap is exceeded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from cpd.credit.rules.activities import Activity
from cpd.credit.rules.authorities import Authority
from cpd.credit.rules.authority_file import Cap, Category, Cycle, Statement, Unit
from cpd.credit.rules.periods import Period, build_period
from cpd.credit.rules.quotas import Limit, Minimum, list_limits, list_minimums
from cpd.credit.rules.units import build_unit_length, floor_to_hundredth, round_down


class Unsettled(StrEnum):
    """Why it cannot be said how much is due."""

    REFLECTION = "reflection"
    """The authority counts nothing."""
    UNKNOWN = "unknown"
    """No source that was read says how much is due."""
    GROUPS = "groups"
    """The amount differs between groups of holders."""
    CONFLICT = "conflict"
    """The sources contradict each other."""
    ALWAYS = "always"
    """The amount must be held at all times, and no cycle ends."""
    FIRST_CYCLE = "first-cycle"
    """The first cycle has a rule of its own, which is shown in words."""


class Outcome(StrEnum):
    """What became of an activity in a cycle."""

    COUNTED = "counted"
    LIMITED = "limited"
    """A cap leaves room for a part of it, or for nothing."""
    REPEATED = "repeated"
    """The same activity counts already."""
    EARLIER = "earlier"
    """It was completed before the cycle began."""
    LATER = "later"
    """It was completed after the cycle ended."""
    NO_AMOUNT = "no-amount"
    """The unit is no length of time, and nobody entered how many the activity is worth."""


@dataclass(frozen=True)
class Line:
    """One activity and what it adds to the cycle."""

    activity: Activity
    outcome: Outcome
    offered: Fraction = Fraction(0)
    """What it would add if nothing stood against it."""
    counted: Fraction = Fraction(0)
    limits: tuple[Statement, ...] = ()
    """The caps that leave no more room."""
    repeats: Activity | None = None
    """The one that counts already."""

    @property
    def is_same_course(self) -> bool:
        """Whether it and the one that it repeats are the same course of this site."""
        course = self.activity.course_id
        return course is not None and self.repeats is not None and self.repeats.course_id == course

    @property
    def offered_to_show(self) -> Decimal:
        """What it would add by itself, rounded down to a hundredth."""
        return floor_to_hundredth(self.offered)

    @property
    def counted_to_show(self) -> Decimal:
        """What it adds, rounded down to a hundredth."""
        return floor_to_hundredth(self.counted)


@dataclass(frozen=True)
class Requirement:
    """One minimum of the cycle."""

    rule: Category | Cap
    needed: Fraction
    done: Fraction

    @property
    def needed_to_show(self) -> Decimal:
        """What is needed."""
        return ceil_to_hundredth(self.needed)

    @property
    def done_to_show(self) -> Decimal:
        """What is done, rounded down to a hundredth."""
        return floor_to_hundredth(self.done)

    @property
    def missing_to_show(self) -> Decimal:
        """What is missing; never less than it is."""
        return ceil_to_hundredth(max(self.needed - self.done, Fraction(0)))


@dataclass(frozen=True)
class CycleReport:
    """One cycle of one license on a day."""

    authority: Authority
    unit: Unit | None
    rules: tuple[Cycle, ...]
    """What the sources say about the amount that is due."""
    period: Period | None
    unsettled: Unsettled | None
    due: Fraction | None
    """None where it cannot be said."""
    done: Fraction
    lines: tuple[Line, ...]
    requirements: tuple[Requirement, ...]
    today: date

    @property
    def missing(self) -> Fraction | None:
        """What is missing of the whole; None where it cannot be said what is due."""
        return None if self.due is None else max(self.due - self.done, Fraction(0))

    @property
    def due_to_show(self) -> Decimal | None:
        """What is due."""
        return None if self.due is None else ceil_to_hundredth(self.due)

    @property
    def done_to_show(self) -> Decimal:
        """What is done, rounded down to a hundredth."""
        return floor_to_hundredth(self.done)

    @property
    def missing_to_show(self) -> Decimal | None:
        """What is missing; never less than it is."""
        return None if self.missing is None else ceil_to_hundredth(self.missing)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing, neither of the whole nor of any minimum."""
        return self.missing == 0 and all(it.done >= it.needed for it in self.requirements)

    @property
    def has_ended(self) -> bool:
        """Whether the cycle is over."""
        return self.period is not None and self.period.last < self.today


def ceil_to_hundredth(value: Fraction) -> Decimal:
    """Return what is due or missing: it is never shown as less than it is."""
    return -floor_to_hundredth(-value)


def count_cycle(
    authority: Authority,
    *,
    issued_on: date | None,
    expires_on: date | None,
    activities: Iterable[Activity],
    today: date,
) -> CycleReport:
    """Count the activities of a holder toward the cycle that ends when the license expires."""
    rules = tuple(one for one in authority.file.rules.cycle if one.is_in_force(today))
    period = _find_period(rules, issued_on=issued_on, expires_on=expires_on)
    unsettled = _find_unsettled(authority, rules, period)
    due = None if unsettled else rules[0].amount
    unit = authority.find_unit(today)
    counting = _Counting(authority, unit, list_limits(authority, due, today), today)
    is_counted = unsettled is not Unsettled.REFLECTION
    ordered = sorted(activities, key=_get_order) if is_counted else []
    lines = tuple(counting.add(one, period) for one in ordered)
    return CycleReport(
        authority=authority,
        unit=unit,
        rules=rules,
        period=period,
        unsettled=unsettled,
        due=due,
        done=sum((line.counted for line in lines), Fraction(0)),
        lines=lines,
        requirements=_build_requirements(list_minimums(authority, due, today), lines, unsettled),
        today=today,
    )


def _get_order(activity: Activity) -> tuple[date, bool, str]:
    """Return what activities are counted by: on one day, those of this site come first."""
    return activity.completed_on, activity.course_id is None, activity.id


def _find_period(
    rules: Sequence[Cycle], *, issued_on: date | None, expires_on: date | None
) -> Period | None:
    """Return the cycle that ends when the license expires, if its length is settled."""
    lengths = {one.months for one in rules}
    months = lengths.pop() if len(lengths) == 1 else None
    if months is None or expires_on is None:
        return None
    return build_period(months, issued_on=issued_on, expires_on=expires_on)


def _find_unsettled(
    authority: Authority, rules: Sequence[Cycle], period: Period | None
) -> Unsettled | None:
    if authority.file.counts == "reflection":
        return Unsettled.REFLECTION
    if not rules:
        return Unsettled.UNKNOWN
    if len(rules) > 1:
        return Unsettled.GROUPS if all(one.group for one in rules) else Unsettled.CONFLICT
    if rules[0].months is None:
        return Unsettled.ALWAYS
    if period is not None and period.is_first and authority.file.rules.first_cycle:
        return Unsettled.FIRST_CYCLE
    return Unsettled.UNKNOWN if rules[0].amount is None else None


def _build_requirements(
    minimums: Sequence[Minimum], lines: Sequence[Line], unsettled: Unsettled | None
) -> tuple[Requirement, ...]:
    """Return what is done of each minimum; none apply where a first cycle has its own rule."""
    if unsettled in {Unsettled.FIRST_CYCLE, Unsettled.REFLECTION}:
        return ()
    return tuple(
        Requirement(
            one.rule,
            one.amount,
            sum((line.counted for line in lines if one.concerns(line.activity)), Fraction(0)),
        )
        for one in minimums
    )


class _Counting:
    """Counts one activity after the other, and remembers what each cap has left."""

    def __init__(
        self, authority: Authority, unit: Unit | None, limits: Sequence[Limit], today: date
    ) -> None:
        self._length = build_unit_length(unit)
        self._step = authority.find_step_or_hundredth(today)
        self._limits = limits
        self._left = [limit.amount for limit in limits]
        self._counted: dict[str, Activity] = {}

    def add(self, activity: Activity, period: Period | None) -> Line:
        """Count an activity as far as nothing stands against it."""
        offered = self._compute_offered(activity)
        if period is not None and not period.covers(activity.completed_on):
            is_early = activity.completed_on < period.first
            return Line(activity, Outcome.EARLIER if is_early else Outcome.LATER, offered)
        if not offered:
            return Line(activity, Outcome.NO_AMOUNT)
        repeated = [self._counted[mark] for mark in activity.marks if mark in self._counted]
        if repeated:
            return Line(activity, Outcome.REPEATED, offered, repeats=min(repeated, key=_get_order))
        self._counted |= dict.fromkeys(activity.marks, activity)
        return self._add_within_limits(activity, offered)

    def _compute_offered(self, activity: Activity) -> Fraction:
        """Return the units of an activity: never above its time, nor above what was stated.

        For a course of this site, what was approved counts; how long it takes was checked then.
        """
        stated = None if activity.stated is None else Fraction(activity.stated)
        if stated is not None and activity.course_id is not None:
            return round_down(stated, self._step)
        if self._length is None:
            return Fraction(0) if stated is None else stated
        by_time = Fraction(activity.minutes) / self._length.minutes
        lowest = by_time if stated is None else min(by_time, stated)
        return round_down(lowest, self._step)

    def _add_within_limits(self, activity: Activity, offered: Fraction) -> Line:
        concerned = [i for i, limit in enumerate(self._limits) if limit.concerns(activity)]
        room = min([offered, *(self._left[i] for i in concerned)])
        counted = round_down(room, self._step)
        reached = tuple(self._limits[i].rule for i in concerned if self._left[i] < offered)
        for i in concerned:
            if not self._limits[i].is_for_each:
                self._left[i] -= counted
        return Line(
            activity,
            Outcome.COUNTED if counted == offered else Outcome.LIMITED,
            offered,
            counted,
            limits=reached,
        )
