"""Who may start an attempt now, on what terms, and what stands in the way otherwise."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from math import ceil

from cpd.courses.rules.fronts.exam import ExamPolicy
from cpd.quizzes.rules.attempts import AttemptState, Deadline


@dataclass(frozen=True, slots=True)
class SectionNeed:
    """A required section and its practice cases."""

    section: str
    practice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gate:
    """The reading gate: what is still to be read or practised."""

    missing_sections: tuple[str, ...] = ()
    missing_practice: tuple[str, ...] = ()

    @property
    def is_met(self) -> bool:
        """Say whether everything required was read, and its practice cases answered."""
        return not (self.missing_sections or self.missing_practice)


def reading_gate(
    needs: Sequence[SectionNeed], *, done: Collection[str], answered: Collection[str]
) -> Gate:
    """Compare what is required with sections ended by "Done, continue" and cases answered.

    Right or wrong does not matter, and no time is measured.
    """
    return Gate(
        missing_sections=tuple(need.section for need in needs if need.section not in done),
        missing_practice=tuple(c for need in needs for c in need.practice if c not in answered),
    )


@dataclass(frozen=True, slots=True)
class Remedy:
    """What puts right one case in which the client could have come to harm."""

    case: str
    passage: str
    """To be read again."""
    hazards: tuple[str, ...] = ()
    """After a critical act: a practice case on one of these is to be decided. Empty: none is."""


@dataclass(frozen=True, slots=True)
class Todo:
    """A remedy and which parts of it are still to be done."""

    remedy: Remedy
    reread: bool
    practise: bool


@dataclass(frozen=True, slots=True)
class PastTry:
    """An attempt of this person at this exam, under whichever of their enrolments."""

    number: int
    state: AttemptState
    """The effective one."""
    closed_at: datetime | None = None
    passed: bool = False
    remedies: tuple[Remedy, ...] = ()
    is_elsewhere: bool = False
    """Whether it was made in another context: there a pass is a pass, here it stops nobody."""


@dataclass(frozen=True, slots=True)
class Done:
    """When this person last read a passage again, or answered a practice case on a hazard."""

    reread: Mapping[str, datetime]
    practised: Mapping[str, datetime]


class Hurdle(StrEnum):
    """What stands in the way of a start."""

    OPENS_LATER = "opens-later"
    CLOSED = "closed"
    ATTEMPT_OPEN = "attempt-open"
    RESULT_PENDING = "result-pending"
    PASSED = "passed"
    READING = "reading"
    TRIES_USED = "tries-used"
    PAUSE = "pause"
    PUT_RIGHT = "put-right"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing in the way, and how it goes away."""

    hurdle: Hurdle
    until: datetime | None = None
    """It passes by itself then."""
    since: datetime | None = None
    """It has stood in the way since then, and stays."""
    todo: tuple[Todo, ...] = ()
    gate: Gate | None = None


@dataclass(frozen=True, slots=True)
class StartRefusal:
    """Everything that stands in the way, at once."""

    obstacles: tuple[Obstacle, ...]

    @property
    def until(self) -> datetime | None:
        """Return the instant from which nothing is in the way, when waiting is enough."""
        instants = [obstacle.until for obstacle in self.obstacles]
        known = [instant for instant in instants if instant is not None]
        return max(known) if len(known) == len(instants) else None


@dataclass(frozen=True, slots=True)
class StartTerms:
    """What a start is given."""

    number: int
    """Of the attempt, over all this person's tries at the exam."""
    deadline: Deadline
    tries_left: int | None
    """After this one; None is no limit."""


@dataclass(frozen=True, slots=True)
class ExamTerms:
    """What one person is granted at an exam beside its rule, as by whoever assigned the course."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None
    """As it was set for everybody; extra time moves it."""
    multiplier: Fraction = Fraction(1)
    """Extra time: 3/2 is half as much again."""
    extra_tries: int = 0

    def closing(self, limit_minutes: int | None) -> datetime | None:
        """Return this person's closing instant: later by what extra time adds to the limit."""
        if self.closes_at is None or limit_minutes is None:
            return self.closes_at
        return self.closes_at + timedelta(seconds=ceil(limit_minutes * 60 * (self.multiplier - 1)))


THE_RULE_ALONE = ExamTerms()
"""For whoever is granted nothing beside the exam's rule."""


def may_start(
    policy: ExamPolicy,
    past: Sequence[PastTry],
    *,
    now: datetime,
    gate: Gate,
    done: Done,
    given: ExamTerms = THE_RULE_ALONE,
) -> StartTerms | StartRefusal:
    """Return the terms of a start now, or everything that stands in its way.

    Void attempts count for nothing. There is no pause after a first failed try but the putting
    right; later ones wait. Tries in every context count; a pass in another one stops nobody.
    """
    counted = [attempt for attempt in past if attempt.state is not AttemptState.VOID]
    allowed = None if policy.tries is None else policy.tries + given.extra_tries
    closes_at = given.closing(policy.time_limit_minutes)
    obstacles = [
        *_window(now, opens_at=given.opens_at, closes_at=closes_at),
        *_unfinished(counted),
        *([] if gate.is_met else [Obstacle(Hurdle.READING, gate=gate)]),
    ]
    if allowed is not None and len(counted) >= allowed:
        obstacles.append(Obstacle(Hurdle.TRIES_USED))
    else:
        obstacles.extend(_after_failing(policy, counted, now=now, done=done))
    if obstacles:
        return StartRefusal(tuple(obstacles))
    return StartTerms(
        number=max((attempt.number for attempt in past), default=0) + 1,
        deadline=Deadline(
            started_at=now,
            limit_minutes=policy.time_limit_minutes,
            multiplier=given.multiplier,
            closes_at=closes_at,
            grace_seconds=policy.grace_seconds,
        ),
        tries_left=None if allowed is None else allowed - len(counted) - 1,
    )


def _window(
    now: datetime, *, opens_at: datetime | None, closes_at: datetime | None
) -> list[Obstacle]:
    if opens_at is not None and now < opens_at:
        return [Obstacle(Hurdle.OPENS_LATER, until=opens_at)]
    if closes_at is not None and now >= closes_at:
        return [Obstacle(Hurdle.CLOSED, since=closes_at)]
    return []


def _unfinished(counted: Sequence[PastTry]) -> list[Obstacle]:
    if any(attempt.passed and not attempt.is_elsewhere for attempt in counted):
        return [Obstacle(Hurdle.PASSED)]
    states = {attempt.state for attempt in counted}
    if AttemptState.OPEN in states:
        return [Obstacle(Hurdle.ATTEMPT_OPEN)]
    if states - {AttemptState.GRADED}:
        return [Obstacle(Hurdle.RESULT_PENDING)]
    return []


def pause_until(policy: ExamPolicy, past: Sequence[PastTry]) -> datetime | None:
    """Return when the pause after the failed tries ends, or ended; None without any."""
    failed = _failed([attempt for attempt in past if attempt.state is not AttemptState.VOID])
    if not failed:
        return None
    return max(instant for instant, _ in failed) + policy.pause_after(len(failed))


def _failed(counted: Sequence[PastTry]) -> list[tuple[datetime, PastTry]]:
    return [(t.closed_at, t) for t in counted if t.closed_at is not None and not t.passed]


def _after_failing(
    policy: ExamPolicy, counted: Sequence[PastTry], *, now: datetime, done: Done
) -> list[Obstacle]:
    closed = _failed(counted)
    until = pause_until(policy, counted)
    obstacles = []
    if until is not None and now < until:
        obstacles.append(Obstacle(Hurdle.PAUSE, until=until))
    todo = tuple(
        todo
        for instant, attempt in closed
        for remedy in attempt.remedies
        if (todo := _todo(remedy, done, since=instant)) is not None
    )
    if todo:
        obstacles.append(Obstacle(Hurdle.PUT_RIGHT, todo=todo))
    return obstacles


def _todo(remedy: Remedy, done: Done, *, since: datetime) -> Todo | None:
    reread = not _done_since(done.reread, [remedy.passage], since)
    practise = bool(remedy.hazards) and not _done_since(done.practised, remedy.hazards, since)
    return Todo(remedy, reread=reread, practise=practise) if reread or practise else None


def _done_since(done: Mapping[str, datetime], names: Sequence[str], since: datetime) -> bool:
    return any(name in done and done[name] >= since for name in names)
