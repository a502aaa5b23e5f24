"""What the pages of an open attempt may read. Nothing here, nor below it, knows a key."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload, lazyload, load_only, selectinload

from cpd.access.permissions import Actor
from cpd.courses.models import Enrolment, Revision
from cpd.quizzes.kinds.registry import KINDS
from cpd.quizzes.models import AnswerEventRow, Attempt, AttemptItem
from cpd.quizzes.rules import answers, attempts, path
from cpd.quizzes.rules.answers import AnswerEvent, Conflict
from cpd.quizzes.rules.attempts import AttemptState, Deadline
from cpd.quizzes.rules.case import Answer, CaseFront, StepFront


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
    mine = _attempts().where(Attempt.subject == actor.subject, Attempt.public_id == public_id)
    return session.scalar(mine)


@cache
def _attempts() -> Select[Attempt]:
    """Select attempts with their cases, and of other rows no more than pages of attempts show."""
    enrolment = joinedload(Attempt.enrolment).lazyload(Enrolment.course_revision)
    case = selectinload(Attempt.items).joinedload(AttemptItem.revision)
    lean = case.options(lazyload(Revision.document), load_only(Revision.public_id, Revision.front))
    return select(Attempt).options(enrolment, lean)


def item_of(session: Session, actor: Actor, public_id: str, position: int) -> AttemptItem | None:
    """Return one drawn case of the actor's own attempt, with both, in one query."""
    return session.scalar(
        _items().where(
            Attempt.subject == actor.subject,
            Attempt.public_id == public_id,
            AttemptItem.position == position,
        )
    )


@cache
def _items() -> Select[AttemptItem]:
    """Select drawn cases with their attempts; said once, since saying it takes longer."""
    case = joinedload(AttemptItem.revision)
    return (
        select(AttemptItem)
        .join(AttemptItem.attempt)
        .options(
            contains_eager(AttemptItem.attempt),
            case.options(
                lazyload(Revision.document), load_only(Revision.public_id, Revision.front)
            ),
        )
    )


def events_of(session: Session, attempt_id: int) -> list[AnswerEvent]:
    """Return everything that arrived for an attempt, in order."""
    return [as_event(row) for row in rows_of(session, attempt_id)]


def rows_of(session: Session, attempt_id: int) -> Sequence[AnswerEventRow]:
    """Return everything that arrived for an attempt as it is stored, in order."""
    return session.scalars(
        select(AnswerEventRow)
        .where(AnswerEventRow.attempt_id == attempt_id)
        .order_by(AnswerEventRow.sequence)
    ).all()


def as_event(row: AnswerEventRow) -> AnswerEvent:
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
        cases=tuple(shown_case(item, events) for item in attempt.items),
        deadline=deadline,
        state=attempts.effective_state(attempt.state, deadline, now),
        last_saved_at=rows[-1].received_at if rows else None,
    )


def shown_case(item: AttemptItem, events: Iterable[AnswerEvent]) -> SittingCase:
    """Return one drawn case with the steps that its learner has reached."""
    front = CaseFront.from_json(item.revision.front)
    own = [event for event in events if event.case == front.id]
    heads, locked = answers.heads(own), answers.locked_steps(own)
    open_conflicts = {(found.case, found.step): found for found in answers.conflicts(own)}
    given = {step: head.answer for (_, step), head in heads.items()}
    shown = path.shown_steps(front, given, locked={step for _, step in locked})
    steps = [
        ShownStep(
            step=step,
            order=tuple(item.option_order.get(step.id, step.option_ids)),
            answer=given.get(step.id),
            head=heads[front.id, step.id].event_id if step.id in given else None,
            is_locked=(front.id, step.id) in locked,
            conflict=open_conflicts.get((front.id, step.id)),
        )
        for step in shown
    ]
    return SittingCase(position=item.position, case=front, steps=tuple(steps))
