"""From a posted event to its receipt, or to the message that says why it was not accepted."""

from datetime import datetime

from flask import abort
from flask_babel import gettext as _

from cpd.access.guard import current_actor
from cpd.cases.front import Answer, StepFront, UnknownStepError
from cpd.cases.kinds.registry import KINDS
from cpd.db import db, unit_of_work
from cpd.quizzes.answering import actions
from cpd.quizzes.answering.actions import Receipt
from cpd.quizzes.answering.forms import PostedEvent
from cpd.quizzes.attempts.delivery import AttemptCase, find_own_attempt_cases
from cpd.quizzes.rules.answers import MOST_EVENTS, EventType, IncomingEvent, Outcome
from cpd.web.formatting import format_instant


def find_own_case_or_404(public_id: str, position: int) -> AttemptCase:
    """Return a case of the actor's own attempt; aborts with 404 for another person's."""
    cases = find_own_attempt_cases(db.session(), current_actor().subject, public_id)
    return cases[position - 1] if 0 < position <= len(cases) else abort(404)


def save_posted_answer(case: AttemptCase, posted: PostedEvent, *, received_at: datetime) -> Receipt:
    """Save an answer or a blank.

    Raises InvalidAnswerError if it does not fit the question, ExamOverError and
    TooManyAnswersError.
    """
    step = _step_of_case_or_400(case, posted)
    answer = KINDS[step.kind].parse_answer(step, posted.choices) if posted.choices else None
    return _save_event_or_409(case, posted, EventType.ANSWER, answer, received_at=received_at)


def lock_posted_answer(case: AttemptCase, posted: PostedEvent, *, received_at: datetime) -> Receipt:
    """Lock the current answer to a step, so that the story continues."""
    _step_of_case_or_400(case, posted)
    return _save_event_or_409(case, posted, EventType.REVEAL, None, received_at=received_at)


def _step_of_case_or_400(case: AttemptCase, posted: PostedEvent) -> StepFront:
    try:
        return case.front.step_by_id(posted.step)
    except UnknownStepError:
        abort(400, _("This case has no such question. Reload the page and answer again."))


def _save_event_or_409(
    case: AttemptCase,
    posted: PostedEvent,
    event_type: EventType,
    answer: Answer | None,
    *,
    received_at: datetime,
) -> Receipt:
    """Save one event; aborts with 409 and a message if the step cannot take it."""
    event = IncomingEvent(
        event_id=posted.event_id,
        type=event_type,
        case=case.front.id,
        step=posted.step,
        after=posted.after,
        answer=answer,
    )
    try:
        with unit_of_work() as session:
            return actions.save_answer_event(
                session, case, event, actor=current_actor(), received_at=received_at
            )
    except actions.StepNotShownError:
        abort(409, _("This question comes later in the story. Go back to the case."))
    except actions.StepNeverLocksError:
        abort(409, _("No question follows in this case, so its answer does not lock."))
    except actions.EventIdReusedError:
        abort(
            409,
            _("This page has already been used for another answer. Reload it and answer again."),
        )


def message_for_too_many_answers(fault: actions.TooManyAnswersError) -> str:
    """Return what to tell the learner about an answer to a case that has had too many."""
    return str(
        _(
            "This answer was not saved, because a case takes at most %(number)s answers an hour. "
            "What was saved before still counts. You can change it again after %(time)s.",
            number=MOST_EVENTS,
            time=format_instant(fault.until),
        )
    )


def message_for_answer_after_exam() -> str:
    """Return what to tell the learner about an answer that came too late to be stored."""
    return str(_("This exam is over. The answer arrived after it had closed, so it was not saved."))


def message_for_outcome(outcome: Outcome) -> str:
    """Return what to tell the learner about an answer that was not accepted."""
    messages: dict[Outcome, str] = {
        Outcome.ACCEPTED: "",
        Outcome.CONFLICTING: _(
            "This question was also answered on another page or device. Choose which answer counts."
        ),
        Outcome.LATE: _(
            "This answer arrived after the exam had closed. It is kept, but it does not count."
        ),
        Outcome.LOCKED: _(
            "This answer was locked when you moved on, and can no longer be changed."
        ),
    }
    return messages[outcome]
