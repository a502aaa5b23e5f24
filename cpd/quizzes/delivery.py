"""What the pages of an open attempt may read. Nothing here, nor below it, knows a key."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import Session, joinedload

from cpd.access.permissions import Actor
from cpd.cases import path
from cpd.cases.kinds.registry import KINDS
from cpd.cases.model import Answer, CaseFront, StepFront
from cpd.courses.models import Enrolment, Revision
from cpd.courses.renderings import Rendering, of_this_version, render_missing
from cpd.kernel.memory import LruCache
from cpd.quizzes.models import AnswerEventRow, Attempt, AttemptItem
from cpd.quizzes.queries import CaseText, front_of
from cpd.quizzes.rules import answers, attempts
from cpd.quizzes.rules.answers import AnswerEvent, Conflict
from cpd.quizzes.rules.attempts import AttemptState, Deadline

Arrived: TypeAlias = Row[*tuple[Any, ...]]
"""What arrived for an attempt: the columns below by their names."""
ARRIVED = (
    AnswerEventRow.event_id,
    AnswerEventRow.type,
    AnswerEventRow.case,
    AnswerEventRow.step,
    AnswerEventRow.after,
    AnswerEventRow.answer,
    AnswerEventRow.sequence,
    AnswerEventRow.outcome,
    AnswerEventRow.received_at,
    AnswerEventRow.receipt,
)


@dataclass(frozen=True)
class ShownStep:
    """A step that the learner has reached, with what they answered."""

    step: StepFront
    order: tuple[str, ...]
    """Option ids as this attempt shows them."""
    answer: Answer | None
    head: str | None
    """The newest accepted event: what the next answer replaces."""
    is_locked: bool
    conflict: Conflict | None

    @property
    def words(self) -> list[str]:
        """What was chosen, in the words the learner read."""
        return KINDS[self.step.kind].words(self.step, self.answer)

    def words_of(self, answer: Answer | None) -> list[str]:
        """Another answer to this step in the learner's words."""
        return KINDS[self.step.kind].words(self.step, answer)


@dataclass(frozen=True)
class SittingCase:
    """One drawn case as far as its story has gone."""

    position: int
    case: CaseFront
    steps: tuple[ShownStep, ...]

    @property
    def now(self) -> ShownStep:
        """The step at which the story stands."""
        return self.steps[-1]

    @property
    def goes_on(self) -> bool:
        """Whether going on asks first and locks the present answer, whichever it is."""
        return path.locks(self.now.step) and not self.now.is_locked

    @property
    def is_answered(self) -> bool:
        """Whether the case has come to its end."""
        return bool(self.now.answer) and not self.goes_on


@dataclass(frozen=True)
class Sitting:
    """An attempt as its learner sees it while it is open."""

    attempt: Attempt
    cases: tuple[SittingCase, ...]
    deadline: Deadline
    state: AttemptState
    """The state that holds now, whether or not the sweeper has written it."""
    last_saved_at: datetime | None
    """When the newest event arrived."""

    @property
    def answered(self) -> int:
        """How many cases have come to an end."""
        return sum(case.is_answered for case in self.cases)

    @property
    def left(self) -> list[SittingCase]:
        """The cases that have not."""
        return [case for case in self.cases if not case.is_answered]

    def case(self, position: int) -> SittingCase | None:
        """Return the case at a position from 1, or None."""
        return self.cases[position - 1] if 0 < position <= len(self.cases) else None


def attempt_of(session: Session, actor: Actor, public_id: str) -> Attempt | None:
    """Return the actor's own attempt; another person's looks like none at all."""
    return session.scalar(_attempts(), {"subject": actor.subject, "public_id": public_id})


@cache
def _attempts() -> Select[Attempt]:
    """Select an attempt with its course; said once, since saying it takes longer."""
    enrolment = joinedload(Attempt.enrolment).lazyload(Enrolment.course_revision)
    return (
        select(Attempt)
        .options(enrolment)
        .where(Attempt.subject == bindparam("subject"), Attempt.public_id == bindparam("public_id"))
    )


@dataclass(frozen=True)
class Drawn:
    """A case drawn for an attempt, as its learner may see it."""

    attempt_id: int
    position: int
    of: int
    """How many were drawn."""
    text: CaseText
    order: Mapping[str, Sequence[str]]
    """Step id to option ids in the order shown."""

    @property
    def front(self) -> CaseFront:
        """The case without its key."""
        return self.text.front


_drawn: LruCache[tuple[str, str], tuple[Drawn, ...]] = LruCache(256)
_fronts: LruCache[int, CaseFront] = LruCache(1024)


def drawn(session: Session, subject: str, public_id: str) -> tuple[Drawn, ...]:
    """Return the cases of a person's own attempt in their order; none for anybody else's.

    Remembered, because what was drawn for whom never changes, nor does a revision.
    """
    known = _drawn.get((subject, public_id))
    if known is not None:
        return known
    rows = session.execute(
        select(
            AttemptItem.attempt_id,
            AttemptItem.position,
            AttemptItem.revision_id,
            AttemptItem.case_id,
            AttemptItem.option_order,
            Revision.front,
            Rendering,
        )
        .join(AttemptItem.attempt)
        .join(AttemptItem.revision)
        .outerjoin(Rendering, of_this_version())
        .where(Attempt.subject == subject, Attempt.public_id == public_id)
        .order_by(AttemptItem.position)
    ).all()
    made = render_missing(session, {row.revision_id: row.Rendering for row in rows})
    found = tuple(
        Drawn(
            attempt_id=row.attempt_id,
            position=row.position,
            of=len(rows),
            text=CaseText(
                row.revision_id,
                row.case_id,
                _front(row.revision_id, row.front, made.get(row.revision_id)),
            ),
            order=row.option_order,
        )
        for row in rows
    )
    is_whole = bool(found) and len(made) == len({row.revision_id for row in rows})
    return _drawn.put((subject, public_id), found) if is_whole else found


def _front(revision_id: int, stored: Mapping[str, Any], made: Rendering | None) -> CaseFront:
    """Return the front of a revision, which all who drew it share."""
    known = _fronts.get(revision_id)
    if known is not None or made is None:
        return known or front_of(stored, None)
    return _fronts.put(revision_id, front_of(stored, made))


def events_of(session: Session, attempt_id: int) -> list[AnswerEvent]:
    """Return everything that arrived for an attempt, in order."""
    return [as_event(row) for row in rows_of(session, attempt_id)]


def rows_of(session: Session, attempt_id: int) -> Sequence[Arrived]:
    """Return everything that arrived for an attempt as it is stored, in order."""
    return session.execute(_arrived(), {"attempt_id": attempt_id}).all()


@cache
def _arrived() -> Select[*tuple[Any, ...]]:
    """Select what arrived for an attempt; said once, since saying it takes longer."""
    return (
        select(*ARRIVED)
        .where(AnswerEventRow.attempt_id == bindparam("attempt_id"))
        .order_by(AnswerEventRow.sequence)
    )


def as_event(row: AnswerEventRow | Arrived) -> AnswerEvent:
    """Return a stored event as the rules know it."""
    return AnswerEvent(
        event_id=row.event_id,
        type=row.type,
        case=row.case,
        step=row.step,
        after=row.after,
        answer=row.answer or None,
        sequence=row.sequence,
        outcome=row.outcome,
    )


def sitting(session: Session, attempt: Attempt, *, now: datetime) -> Sitting:
    """Return an attempt with its cases, as far as each story has gone."""
    rows = rows_of(session, attempt.id)
    events = [as_event(row) for row in rows]
    deadline = Deadline.from_json(attempt.deadline_inputs)
    return Sitting(
        attempt=attempt,
        cases=tuple(
            shown_case(one, events) for one in drawn(session, attempt.subject, attempt.public_id)
        ),
        deadline=deadline,
        state=attempts.effective_state(attempt.state, deadline, now),
        last_saved_at=rows[-1].received_at if rows else None,
    )


def shown_case(one: Drawn, events: Iterable[AnswerEvent]) -> SittingCase:
    """Return one drawn case with the steps that its learner has reached."""
    front = one.front
    own = [event for event in events if event.case == front.id]
    heads, locked = answers.heads(own), answers.locked_steps(own)
    open_conflicts = {(found.case, found.step): found for found in answers.conflicts(own)}
    given = {step: head.answer for (_, step), head in heads.items()}
    shown = path.shown_steps(front, given, locked={step for _, step in locked})
    steps = [
        ShownStep(
            step=step,
            order=tuple(one.order.get(step.id, step.option_ids)),
            answer=given.get(step.id),
            head=heads[front.id, step.id].event_id if step.id in given else None,
            is_locked=(front.id, step.id) in locked,
            conflict=open_conflicts.get((front.id, step.id)),
        )
        for step in shown
    ]
    return SittingCase(position=one.position, case=front, steps=tuple(steps))
