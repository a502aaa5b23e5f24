"""Judging the answers that arrive for an attempt: each event gets its outcome when it arrives.

Events are append-only. Each names the event it replaces (`after`), so two devices never overwrite
each other unnoticed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from cpd.cases.front import Answer
from cpd.quizzes.rules.attempts import AttemptState, Deadline

CaseStep: TypeAlias = tuple[str, str]
"""The ids of a case and of one of its steps."""

MOST_EVENTS = 120
"""How many events a case takes within `LIMIT_PERIOD`: far more than a person who hesitates."""
LIMIT_PERIOD = timedelta(hours=1)


class EventType(StrEnum):
    """What an event says."""

    ANSWER = "answer"
    """This is my answer to the step; a blank retracts an answer."""
    REVEAL = "reveal"
    """Continue the story with the answer named in `after`: that answer locks."""


class Outcome(StrEnum):
    """The outcome of an event; all events are stored, but only accepted ones count."""

    ACCEPTED = "accepted"
    CONFLICTING = "conflicting"
    LATE = "late"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class IncomingEvent:
    """An event as it arrives.

    It is what a browser claims; the server adds its place in the attempt and its outcome, which
    makes it an `AnswerEvent`.
    """

    event_id: str
    """Chosen by the browser, so that sending it again is harmless."""
    type: EventType
    case: str
    step: str
    after: str | None
    """The event it replaces, as far as its sender knew; for a reveal, the answer that locks."""
    answer: Answer | None = None

    @property
    def case_step(self) -> CaseStep:
        """Return the case and step it belongs to."""
        return self.case, self.step

    def as_stored_event(self, *, sequence: int, outcome: Outcome) -> AnswerEvent:
        """Return the event as it is stored."""
        claimed = {field.name: getattr(self, field.name) for field in fields(IncomingEvent)}
        return AnswerEvent(**claimed, sequence=sequence, outcome=outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerEvent(IncomingEvent):
    """An event as it is stored."""

    sequence: int
    """Counts within the attempt, from 1."""
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Conflict:
    """A step answered differently in two places: both are shown, and the learner chooses."""

    case: str
    step: str
    accepted: AnswerEvent | None
    """What counts unless the learner chooses otherwise; None when nothing does."""
    others: tuple[AnswerEvent, ...]


def judge_event(
    state: AttemptState,
    deadline: Deadline,
    events: Iterable[AnswerEvent],
    event: IncomingEvent,
    received_at: datetime,
) -> Outcome:
    """Return the outcome of an event that reached the server at `received_at`.

    A known event id gets the outcome it got the first time. Nothing counts once the attempt is
    closed or its time is over, nor on a step that has locked, nor when the event replaces
    something other than the newest accepted event of its step.
    """
    earlier = list(events)
    for stored in earlier:
        if stored.event_id == event.event_id:
            return stored.outcome
    if state is not AttemptState.OPEN or not deadline.is_in_time(received_at):
        return Outcome.LATE
    if event.case_step in locked_steps(earlier):
        return Outcome.LOCKED
    newest = newest_accepted_answers(earlier).get(event.case_step)
    newest_id = newest.event_id if newest else None
    locks_nothing = event.type == EventType.REVEAL and (newest is None or not newest.answer)
    if event.after != newest_id or locks_nothing:
        return Outcome.CONFLICTING
    return Outcome.ACCEPTED


def compute_retry_time(earlier: Iterable[datetime], received_at: datetime) -> datetime | None:
    """Return when a case takes another answer, if it has had too many; None if it takes one now.

    `earlier`: when its events arrived. Without a limit, one page could fill the database.
    """
    recent = sorted(at for at in earlier if received_at - LIMIT_PERIOD < at <= received_at)
    return recent[-MOST_EVENTS] + LIMIT_PERIOD if len(recent) >= MOST_EVENTS else None


def newest_accepted_answers(events: Iterable[AnswerEvent]) -> dict[CaseStep, AnswerEvent]:
    """Return the newest accepted answer of each step: what the next one must name as `after`."""
    accepted = (e for e in events if e.outcome == Outcome.ACCEPTED and e.type == EventType.ANSWER)
    return {event.case_step: event for event in sorted(accepted, key=_sequence_of_event)}


def locked_steps(events: Iterable[AnswerEvent]) -> frozenset[CaseStep]:
    """Return the steps that take no more answers, because the learner has seen what follows."""
    return frozenset(
        e.case_step for e in events if e.outcome == Outcome.ACCEPTED and e.type == EventType.REVEAL
    )


def current_answers(events: Iterable[AnswerEvent]) -> dict[str, dict[str, Answer]]:
    """Return the answers that count, by case and step; blanks are left out."""
    answers: dict[str, dict[str, Answer]] = {}
    for (case, step), event in newest_accepted_answers(events).items():
        if event.answer:
            answers.setdefault(case, {})[step] = event.answer
    return answers


def unresolved_conflicts(events: Sequence[AnswerEvent]) -> list[Conflict]:
    """Return the conflicts that the learner has not resolved yet, oldest first.

    A conflict ends when a newer answer is accepted on its step, or when the step locks. Giving the
    same answer twice is not a conflict.
    """
    accepted, locked = newest_accepted_answers(events), locked_steps(events)
    others: dict[CaseStep, list[AnswerEvent]] = {}
    for event in sorted(events, key=_sequence_of_event):
        step = event.case_step
        is_conflicting = event.outcome == Outcome.CONFLICTING and event.type == EventType.ANSWER
        if (
            is_conflicting
            and step not in locked
            and _event_has_another_answer(event, accepted.get(step))
        ):
            others.setdefault(step, []).append(event)
    return [
        Conflict(case=step[0], step=step[1], accepted=accepted.get(step), others=tuple(events))
        for step, events in others.items()
    ]


def _event_has_another_answer(event: AnswerEvent, accepted: AnswerEvent | None) -> bool:
    if accepted is None:
        return bool(event.answer)
    is_newer = event.sequence > accepted.sequence
    return is_newer and (event.answer or None) != (accepted.answer or None)


def _sequence_of_event(event: AnswerEvent) -> int:
    return event.sequence
