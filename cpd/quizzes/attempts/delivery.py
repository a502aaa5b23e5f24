"""What the pages of an open attempt may read. Neither this module nor its imports read a key."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import Session, aliased

from cpd.cases import path
from cpd.cases.front import Answer, CaseFront, StepFront
from cpd.cases.kinds.registry import KINDS
from cpd.content.languages import mark_language
from cpd.courses.models import Enrolment, Revision
from cpd.courses.renderings import Rendering, current_rendering_condition, render_missing_texts
from cpd.kernel.memory import LruCache
from cpd.quizzes.attempts.models import AnswerEventRow, Attempt, AttemptItem
from cpd.quizzes.queries import CaseText, build_rendered_front
from cpd.quizzes.rules import answers, attempts
from cpd.quizzes.rules.added_time import TimeOffer, find_time_offer
from cpd.quizzes.rules.answers import AnswerEvent, Conflict
from cpd.quizzes.rules.attempts import AttemptState, Deadline

EventRow: TypeAlias = Row[*tuple[Any, ...]]
"""A stored event: the columns below by their names."""
EVENT_COLUMNS = (
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


# The cases drawn for an attempt


@dataclass(frozen=True)
class AttemptCase:
    """A case drawn for an attempt, as its learner may see it."""

    attempt_id: int
    position: int
    case_count: int
    """How many cases the attempt has."""
    text: CaseText
    order: Mapping[str, Sequence[str]]
    """Step id to option ids in the order shown."""

    @property
    def front(self) -> CaseFront:
        """The case without its key."""
        return self.text.front


_cases: LruCache[tuple[str, str], tuple[AttemptCase, ...]] = LruCache(256)
_fronts: LruCache[tuple[int, str], CaseFront] = LruCache(1024)


def find_own_attempt_cases(
    session: Session, subject: str, public_id: str
) -> tuple[AttemptCase, ...]:
    """Return the cases of a person's own attempt, in order; empty for anybody else's.

    Cached, because neither the cases of an attempt nor a revision ever change.
    """
    cached = _cases.get((subject, public_id))
    if cached is not None:
        return cached
    rows = session.execute(_select_own_attempt_cases(subject, public_id)).all()
    renderings = render_missing_texts(session, {row.revision_id: row.Rendering for row in rows})
    cases = tuple(
        AttemptCase(
            attempt_id=row.attempt_id,
            position=row.position,
            case_count=len(rows),
            text=CaseText(
                row.revision_id,
                row.case_id,
                _marked_front_from_cache_or_stored(
                    row.revision_id, row.front, renderings.get(row.revision_id), row.language
                ),
            ),
            order=row.option_order,
        )
        for row in rows
    )
    all_rendered = bool(cases) and len(renderings) == len({row.revision_id for row in rows})
    return _cases.put((subject, public_id), cases) if all_rendered else cases


def _select_own_attempt_cases(subject: str, public_id: str) -> Select[*tuple[Any, ...]]:
    course = aliased(Revision)
    return (
        select(
            AttemptItem.attempt_id,
            AttemptItem.position,
            AttemptItem.revision_id,
            AttemptItem.case_id,
            AttemptItem.option_order,
            Revision.front,
            Rendering,
            course.language_expression().label("language"),
        )
        .join(AttemptItem.attempt)
        .join(Attempt.enrolment)
        .join(course, course.id == Enrolment.course_revision_id)
        .join(AttemptItem.revision)
        .outerjoin(Rendering, current_rendering_condition())
        .where(Attempt.subject == subject, Attempt.public_id == public_id)
        .order_by(AttemptItem.position)
    )


def _marked_front_from_cache_or_stored(
    revision_id: int, stored: Mapping[str, Any], rendering: Rendering | None, language: str
) -> CaseFront:
    """Return the front of a revision in a language; all attempts that have it share one object."""
    key = (revision_id, language)
    cached = _fronts.get(key)
    if cached is not None:
        return cached
    front = mark_language(build_rendered_front(stored, rendering), language)
    return front if rendering is None else _fronts.put(key, front)


# The events of an attempt


def find_answer_events(session: Session, attempt_id: int) -> list[AnswerEvent]:
    """Return all events of an attempt, in order."""
    return [build_event_from_row(row) for row in find_answer_event_rows(session, attempt_id)]


def find_answer_event_rows(session: Session, attempt_id: int) -> Sequence[EventRow]:
    """Return all events of an attempt as they are stored, in order."""
    return session.execute(_select_answer_events(), {"attempt_id": attempt_id}).all()


@cache
def _select_answer_events() -> Select[*tuple[Any, ...]]:
    """Select the events of an `attempt_id`; cached because building it is slow."""
    return (
        select(*EVENT_COLUMNS)
        .where(AnswerEventRow.attempt_id == bindparam("attempt_id"))
        .order_by(AnswerEventRow.sequence)
    )


def build_event_from_row(row: AnswerEventRow | EventRow) -> AnswerEvent:
    """Return a stored event in the form that the rules use."""
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


# An attempt as its learner sees it


@dataclass(frozen=True)
class StepOfAttempt:
    """A step of an attempt and the answer that counts, if any does."""

    step: StepFront
    answer: Answer | None

    def texts_of_answer(self, answer: Answer | None) -> list[str]:
        """Return any answer to this step in the words the learner read."""
        return KINDS[self.step.kind].chosen_texts(self.step, answer)


@dataclass(frozen=True)
class ShownStep(StepOfAttempt):
    """A step that the learner has reached, with what they answered."""

    order: tuple[str, ...]
    """Option ids as this attempt shows them."""
    answer_event_id: str | None
    """The newest accepted event, which the next answer replaces."""
    is_locked: bool
    conflict: Conflict | None
    saved_at: datetime | None
    """When the answer that counts arrived; None while there is none."""

    @property
    def chosen_texts(self) -> list[str]:
        """What was chosen, in the words the learner read."""
        return self.texts_of_answer(self.answer)


@dataclass(frozen=True)
class ShownCase:
    """A case of an attempt, as far as its learner has come."""

    position: int
    case: CaseFront
    steps: tuple[ShownStep, ...]
    is_flagged: bool
    """Whether the learner wants to look at it again."""

    @property
    def current_step(self) -> ShownStep:
        """The step that the learner has reached."""
        return self.steps[-1]

    @property
    def asks_before_locking(self) -> bool:
        """Whether the story continues after this step, which locks the answer, whatever it is."""
        return (
            path.step_locks_its_answer(self.current_step.step) and not self.current_step.is_locked
        )

    @property
    def is_finished(self) -> bool:
        """Whether the last step of the case is answered."""
        return bool(self.current_step.answer) and not self.asks_before_locking


@dataclass(frozen=True)
class OpenAttempt:
    """An attempt as its learner sees it while it is open.

    Nothing in it comes from a key.
    """

    attempt: Attempt
    cases: tuple[ShownCase, ...]
    deadline: Deadline
    state: AttemptState
    """The state now, even if the worker has not written it yet."""

    @property
    def time_offer(self) -> TimeOffer | None:
        """What the learner can add to the time, near its end; None for nothing."""
        return find_time_offer(self.deadline)

    @property
    def finished_case_count(self) -> int:
        """How many cases are finished."""
        return sum(case.is_finished for case in self.cases)

    @property
    def unfinished_cases(self) -> list[ShownCase]:
        """The cases that are not finished."""
        return [case for case in self.cases if not case.is_finished]

    @property
    def flagged_cases(self) -> list[ShownCase]:
        """The cases that the learner wants to look at again."""
        return [case for case in self.cases if case.is_flagged]

    def case_at_position(self, position: int) -> ShownCase | None:
        """Return the case at a position from 1, or None."""
        return self.cases[position - 1] if 0 < position <= len(self.cases) else None


def find_attempt_with_shown_cases(
    session: Session, attempt: Attempt, *, now: datetime
) -> OpenAttempt:
    """Return an attempt with its cases, each as far as its learner has come."""
    rows = find_answer_event_rows(session, attempt.id)
    events = [build_event_from_row(row) for row in rows]
    received_at = {row.event_id: row.received_at for row in rows}
    deadline = Deadline.from_json(attempt.deadline_inputs)
    cases = find_own_attempt_cases(session, attempt.subject, attempt.public_id)
    flagged = {flag.position for flag in attempt.flags}
    return OpenAttempt(
        attempt=attempt,
        cases=tuple(
            build_shown_case(case, events, received_at, is_flagged=case.position in flagged)
            for case in cases
        ),
        deadline=deadline,
        state=attempts.effective_state(attempt.state, deadline, now),
    )


def build_shown_case(
    case: AttemptCase,
    events: Iterable[AnswerEvent],
    received_at: Mapping[str, datetime],
    *,
    is_flagged: bool,
) -> ShownCase:
    """Return one case of an attempt with the steps that its learner has reached.

    `received_at`: when each event arrived, by its id.
    """
    front = case.front
    events = [event for event in events if event.case == front.id]
    accepted = {step: event for (_, step), event in answers.newest_accepted_answers(events).items()}
    locked = {step for _, step in answers.locked_steps(events)}
    conflicts = {conflict.step: conflict for conflict in answers.unresolved_conflicts(events)}
    by_step = {step: event.answer for step, event in accepted.items()}
    steps = [
        ShownStep(
            step=step,
            order=tuple(case.order.get(step.id, step.option_ids)),
            answer=by_step.get(step.id),
            answer_event_id=accepted[step.id].event_id if step.id in accepted else None,
            is_locked=step.id in locked,
            conflict=conflicts.get(step.id),
            saved_at=received_at[accepted[step.id].event_id] if by_step.get(step.id) else None,
        )
        for step in path.steps_shown_to_learner(front, by_step, locked=locked)
    ]
    return ShownCase(position=case.position, case=front, steps=tuple(steps), is_flagged=is_flagged)
