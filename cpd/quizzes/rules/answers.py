"""What becomes of answers that arrive for an attempt: judged one by one, then folded.

Events are append-only. Each names the event it replaces (`after`), so two devices never overwrite
each other unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from cpd.cases.model import Answer
from cpd.quizzes.rules.attempts import AttemptState, Deadline

StepAt: TypeAlias = tuple[str, str]
"""Case and step."""


class EventType(StrEnum):
    """What an event says."""

    ANSWER = "answer"
    """This is my answer to the step; a blank takes an answer back."""
    REVEAL = "reveal"
    """I go on from this step with the answer named in `after`: it locks."""


class Outcome(StrEnum):
    """What became of an event; only accepted ones count, all are kept."""

    ACCEPTED = "accepted"
    CONFLICTING = "conflicting"
    LATE = "late"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Incoming:
    """An event as it arrives."""

    event_id: str
    """Made by the browser, so that sending again is harmless."""
    type: EventType
    case: str
    step: str
    after: str | None
    """The event it replaces, as far as its sender knew; for a reveal, the answer it rests on."""
    answer: Answer | None = None

    @property
    def at(self) -> StepAt:
        """Return the case and step it belongs to."""
        return self.case, self.step


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerEvent(Incoming):
    """An event as it is kept."""

    sequence: int
    """Counts within the attempt, from 1."""
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Conflict:
    """A step answered differently in two places: both are shown, the learner chooses."""

    case: str
    step: str
    stands: AnswerEvent | None
    """What counts unless the learner chooses otherwise; None when nothing does."""
    others: tuple[AnswerEvent, ...]


def judge(
    state: AttemptState,
    deadline: Deadline,
    events: Iterable[AnswerEvent],
    event: Incoming,
    received_at: datetime,
) -> Outcome:
    """Say what becomes of an event that reached the server at `received_at`.

    An event id that is known gets the outcome it got the first time. Nothing counts once the
    attempt is closed or its time is over, nor on a step whose successor was shown, nor when it
    replaces something else than the newest accepted event of its step.
    """
    known = list(events)
    for before in known:
        if before.event_id == event.event_id:
            return before.outcome
    if state is not AttemptState.OPEN or not deadline.in_time(received_at):
        return Outcome.LATE
    if event.at in locked_steps(known):
        return Outcome.LOCKED
    head = heads(known).get(event.at)
    newest = head.event_id if head else None
    rests_on_nothing = event.type == EventType.REVEAL and (head is None or not head.answer)
    if event.after != newest or rests_on_nothing:
        return Outcome.CONFLICTING
    return Outcome.ACCEPTED


def heads(events: Iterable[AnswerEvent]) -> dict[StepAt, AnswerEvent]:
    """Return the newest accepted answer of each step: what the next one must name as `after`."""
    accepted = (e for e in events if e.outcome == Outcome.ACCEPTED and e.type == EventType.ANSWER)
    return {event.at: event for event in sorted(accepted, key=_sequence)}


def locked_steps(events: Iterable[AnswerEvent]) -> frozenset[StepAt]:
    """Return the steps that take no more answers, because what follows them was shown."""
    return frozenset(
        e.at for e in events if e.outcome == Outcome.ACCEPTED and e.type == EventType.REVEAL
    )


def current_answers(events: Iterable[AnswerEvent]) -> dict[str, dict[str, Answer]]:
    """Return the answers that count, by case and step; a blank is left out."""
    answers: dict[str, dict[str, Answer]] = {}
    for (case, step), event in heads(events).items():
        if event.answer:
            answers.setdefault(case, {})[step] = event.answer
    return answers


def conflicts(events: Sequence[AnswerEvent]) -> list[Conflict]:
    """Return what the learner has yet to choose between, oldest first.

    A conflict ends when a newer answer is accepted on its step, or the step locks. The same answer
    given twice is none.
    """
    standing, locked = heads(events), locked_steps(events)
    open_ones: dict[StepAt, list[AnswerEvent]] = {}
    for event in sorted(events, key=_sequence):
        is_apart = event.outcome == Outcome.CONFLICTING and event.type == EventType.ANSWER
        if is_apart and event.at not in locked and _differs(event, standing.get(event.at)):
            open_ones.setdefault(event.at, []).append(event)
    return [
        Conflict(case=at[0], step=at[1], stands=standing.get(at), others=tuple(others))
        for at, others in open_ones.items()
    ]


def _differs(event: AnswerEvent, head: AnswerEvent | None) -> bool:
    if head is None:
        return bool(event.answer)
    return event.sequence > head.sequence and (event.answer or None) != (head.answer or None)


def _sequence(event: AnswerEvent) -> int:
    return event.sequence
