"""Whether an attempt may start now and on what terms, or which obstacles prevent it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from math import ceil

from cpd.courses.rules.fronts.exam import ExamPolicy
from cpd.quizzes.rules.attempts import AttemptState, Deadline


@dataclass(frozen=True, slots=True)
class RequiredSection:
    """A required section and its practice cases."""

    section: str
    practice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gate:
    """The reading gate: what is still to be read or practiced."""

    missing_sections: tuple[str, ...] = ()
    missing_practice: tuple[str, ...] = ()

    @property
    def is_met(self) -> bool:
        """Return whether everything required was read and its practice cases answered."""
        return not (self.missing_sections or self.missing_practice)


def build_reading_gate(
    required: Sequence[RequiredSection], *, finished: Collection[str], answered: Collection[str]
) -> Gate:
    """Compare what is required with the sections finished and the practice cases answered.

    Whether the answers were right does not matter, and no time is measured.
    """
    return Gate(
        missing_sections=tuple(need.section for need in required if need.section not in finished),
        missing_practice=tuple(c for need in required for c in need.practice if c not in answered),
    )


@dataclass(frozen=True, slots=True)
class Remedy:
    """What a learner must do about one case in which the client could have been harmed."""

    case: str
    passage: str
    """To be read again."""
    hazards: tuple[str, ...] = ()
    """After a critical act: a practice case on one of these must be decided. Empty: none."""


@dataclass(frozen=True, slots=True)
class Todo:
    """A remedy, and which parts of it are still to be done."""

    remedy: Remedy
    must_reread: bool
    must_practice: bool


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """An attempt of this person at this exam, under any of their enrollments."""

    number: int
    state: AttemptState
    """The state now (see `effective_state`)."""
    closed_at: datetime | None = None
    passed: bool = False
    remedies: tuple[Remedy, ...] = ()
    is_in_other_context: bool = False
    """A pass in another context does not prevent a start in this one."""


@dataclass(frozen=True, slots=True)
class RemediesDone:
    """When this person last reread each passage and last practiced on each hazard."""

    reread: Mapping[str, datetime]
    practiced: Mapping[str, datetime]


class Hurdle(StrEnum):
    """The kinds of obstacle to a start."""

    OPENS_LATER = "opens-later"
    PRACTICE_ONLY = "practice-only"
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
    """One reason why an attempt cannot start now, and what removes it."""

    hurdle: Hurdle
    until: datetime | None = None
    """When it goes away by itself."""
    since: datetime | None = None
    """Since when it applies, if it does not go away."""
    todo: tuple[Todo, ...] = ()
    gate: Gate | None = None


@dataclass(frozen=True, slots=True)
class StartRefusal:
    """All obstacles to a start."""

    obstacles: tuple[Obstacle, ...]

    @property
    def waiting_ends_at(self) -> datetime | None:
        """Return when a start becomes possible, if waiting is enough; otherwise None."""
        instants = [obstacle.until for obstacle in self.obstacles]
        ends = [instant for instant in instants if instant is not None]
        return max(ends) if len(ends) == len(instants) else None


@dataclass(frozen=True, slots=True)
class StartTerms:
    """The terms on which an attempt starts."""

    number: int
    """Counts this person's attempts at the exam, from 1."""
    deadline: Deadline
    attempts_left: int | None
    """After this one; None means no limit."""
    raised_pass_mark: Fraction | None = None
    """The pass mark, where it is higher than that of the exam's rule."""


@dataclass(frozen=True, slots=True)
class ExamTerms:
    """What one person is granted for an exam beyond its rule, for example by an assignment."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None
    """As set for everybody; extra time moves it."""
    multiplier: Fraction = Fraction(1)
    """Extra time: 3/2 is 50% more."""
    extra_attempts: int = 0
    max_attempts: int | None = None
    """Fewer attempts than the exam's rule allows; only those in this context use them up."""
    pass_mark: Fraction | None = None
    """A higher pass mark than that of the exam's rule."""
    has_timer: bool = True
    is_practice_only: bool = False
    required_sections: tuple[str, ...] = ()
    """Sections to finish, by slug, besides those that the course requires."""

    def apply_to_policy(self, policy: ExamPolicy) -> ExamPolicy:
        """Return the rule of the exam as it holds for this person.

        Only what is granted to the person makes it easier.
        """
        limits = [limit for limit in (policy.max_attempts, self.max_attempts) if limit is not None]
        return replace(
            policy,
            max_attempts=min(limits) + self.extra_attempts if limits else None,
            pass_mark=max(policy.pass_mark, self.pass_mark or policy.pass_mark),
            time_limit_minutes=policy.time_limit_minutes if self.has_timer else None,
        )

    def count_attempts_left(self, rule: ExamPolicy, counted: Sequence[PastAttempt]) -> int | None:
        """Return how many attempts are left before the next one; None means no limit.

        Attempts in every context count for the exam's rule, and those in this one for its own.
        """
        here = sum(not attempt.is_in_other_context for attempt in counted)
        limits = ((rule.max_attempts, len(counted)), (self.max_attempts, here))
        return min(
            (limit + self.extra_attempts - used for limit, used in limits if limit is not None),
            default=None,
        )

    def closing_time(self, limit_minutes: int | None) -> datetime | None:
        """Return when the exam closes for this person; extra time makes it later."""
        if self.closes_at is None or limit_minutes is None:
            return self.closes_at
        return self.closes_at + timedelta(seconds=ceil(limit_minutes * 60 * (self.multiplier - 1)))


NOTHING_GRANTED = ExamTerms()
"""The terms of a person to whom only the exam's rule applies."""


def start_terms_or_refusal(
    rule: ExamPolicy,
    past: Sequence[PastAttempt],
    *,
    now: datetime,
    gate: Gate,
    done: RemediesDone,
    granted: ExamTerms = NOTHING_GRANTED,
) -> StartTerms | StartRefusal:
    """Return the terms of a start now, or everything that prevents it.

    Void attempts do not count. After a first failed attempt, the remedies must be done; after
    later ones there is also a pause. Attempts in every context count, but a pass in another
    context prevents nothing.
    """
    counted = [attempt for attempt in past if attempt.state is not AttemptState.VOID]
    closes_at = granted.closing_time(rule.time_limit_minutes)
    policy = granted.apply_to_policy(rule)
    left = granted.count_attempts_left(rule, counted)
    obstacles = [
        *([Obstacle(Hurdle.PRACTICE_ONLY)] if granted.is_practice_only else []),
        *_exam_window_obstacles(now, opens_at=granted.opens_at, closes_at=closes_at),
        *_obstacles_of_attempt_states(counted),
        *([] if gate.is_met else [Obstacle(Hurdle.READING, gate=gate)]),
    ]
    if left is not None and left <= 0:
        obstacles.append(Obstacle(Hurdle.TRIES_USED))
    else:
        obstacles.extend(_failed_attempt_obstacles(policy, counted, now=now, done=done))
    if obstacles:
        return StartRefusal(tuple(obstacles))
    return StartTerms(
        number=max((attempt.number for attempt in past), default=0) + 1,
        deadline=Deadline(
            started_at=now,
            limit_minutes=policy.time_limit_minutes,
            is_limit_essential=policy.is_time_limit_essential,
            multiplier=granted.multiplier,
            closes_at=closes_at,
            grace_seconds=policy.grace_seconds,
        ),
        attempts_left=None if left is None else left - 1,
        raised_pass_mark=policy.pass_mark if policy.pass_mark > rule.pass_mark else None,
    )


def _exam_window_obstacles(
    now: datetime, *, opens_at: datetime | None, closes_at: datetime | None
) -> list[Obstacle]:
    if opens_at is not None and now < opens_at:
        return [Obstacle(Hurdle.OPENS_LATER, until=opens_at)]
    if closes_at is not None and now >= closes_at:
        return [Obstacle(Hurdle.CLOSED, since=closes_at)]
    return []


def _obstacles_of_attempt_states(counted: Sequence[PastAttempt]) -> list[Obstacle]:
    if any(attempt.passed and not attempt.is_in_other_context for attempt in counted):
        return [Obstacle(Hurdle.PASSED)]
    states = {attempt.state for attempt in counted}
    if AttemptState.OPEN in states:
        return [Obstacle(Hurdle.ATTEMPT_OPEN)]
    if states - {AttemptState.GRADED}:
        return [Obstacle(Hurdle.RESULT_PENDING)]
    return []


def pause_end_after_failures(policy: ExamPolicy, past: Sequence[PastAttempt]) -> datetime | None:
    """Return when the pause after the failed attempts ends or ended; None if none failed."""
    failed = _pick_failed_attempts(
        [attempt for attempt in past if attempt.state is not AttemptState.VOID]
    )
    if not failed:
        return None
    return max(instant for instant, _ in failed) + policy.pause_after_failed_attempts(len(failed))


def _pick_failed_attempts(counted: Sequence[PastAttempt]) -> list[tuple[datetime, PastAttempt]]:
    return [
        (attempt.closed_at, attempt)
        for attempt in counted
        if attempt.closed_at is not None and not attempt.passed
    ]


def _failed_attempt_obstacles(
    policy: ExamPolicy, counted: Sequence[PastAttempt], *, now: datetime, done: RemediesDone
) -> list[Obstacle]:
    closed = _pick_failed_attempts(counted)
    until = pause_end_after_failures(policy, counted)
    obstacles = []
    if until is not None and now < until:
        obstacles.append(Obstacle(Hurdle.PAUSE, until=until))
    todo = tuple(
        todo
        for instant, attempt in closed
        for remedy in attempt.remedies
        if (todo := _todo_for_remedy(remedy, done, since=instant)) is not None
    )
    if todo:
        obstacles.append(Obstacle(Hurdle.PUT_RIGHT, todo=todo))
    return obstacles


def _todo_for_remedy(remedy: Remedy, done: RemediesDone, *, since: datetime) -> Todo | None:
    must_reread = not _is_remedy_done_since(done.reread, [remedy.passage], since)
    must_practice = bool(remedy.hazards) and not _is_remedy_done_since(
        done.practiced, remedy.hazards, since
    )
    if not (must_reread or must_practice):
        return None
    return Todo(remedy, must_reread=must_reread, must_practice=must_practice)


def _is_remedy_done_since(
    done: Mapping[str, datetime], names: Sequence[str], since: datetime
) -> bool:
    return any(name in done and done[name] >= since for name in names)
