"""From a posted answer to its receipt, or to the sentence that says why it was not accepted."""

from datetime import datetime

from flask import abort
from flask_babel import gettext as _

from cpd.access.guard import current_actor
from cpd.cases.kinds.registry import KINDS
from cpd.cases.model import Answer, StepFront, UnknownStepError
from cpd.db import db, unit_of_work
from cpd.quizzes.answering import actions as answering
from cpd.quizzes.answering.actions import Receipt
from cpd.quizzes.answering.forms import EventBody
from cpd.quizzes.attempts import delivery
from cpd.quizzes.attempts.delivery import Drawn
from cpd.quizzes.rules.answers import EventType, Incoming, Outcome


def _drawn(public_id: str, position: int) -> Drawn:
    """Return a drawn case of the actor's own attempt, or answer 404 as for none."""
    cases = delivery.drawn(db.session(), current_actor().subject, public_id)
    return cases[position - 1] if 0 < position <= len(cases) else abort(404)


def _keep(drawn: Drawn, body: EventBody, *, received_at: datetime) -> Receipt:
    """Keep one answer; raises AnswerFault when it is none of this question's."""
    step = _step(drawn, body)
    given = KINDS[step.kind].parse(step, body.choices) if body.choices else None
    return _append(drawn, body, EventType.ANSWER, given, received_at=received_at)


def _step(drawn: Drawn, body: EventBody) -> StepFront:
    try:
        return drawn.front.step(body.step)
    except UnknownStepError:
        abort(400, _("This case has no such question. Reload the page and answer again."))


def _append(
    drawn: Drawn,
    body: EventBody,
    kind: EventType,
    given: Answer | None,
    *,
    received_at: datetime,
) -> Receipt:
    """Append one event; answers 409 with a sentence where it cannot be one."""
    event = Incoming(
        event_id=body.event_id,
        type=kind,
        case=drawn.front.id,
        step=body.step,
        after=body.after,
        answer=given,
    )
    try:
        with unit_of_work() as session:
            return answering.keep(
                session, drawn, event, actor=current_actor(), received_at=received_at
            )
    except answering.NotShownError:
        abort(409, _("This question comes later in the story. Go back to the case."))
    except answering.NothingFollowsError:
        abort(409, _("No question follows in this case, so its answer does not lock."))
    except answering.EventReusedError:
        abort(409, _("This page was used for another answer already. Reload it and answer again."))


def message_for(outcome: Outcome) -> str:
    """Say to the learner what became of an answer that was not accepted."""
    words: dict[Outcome, str] = {
        Outcome.ACCEPTED: "",
        Outcome.CONFLICTING: _(
            "This question was answered on another page or device too. Choose which answer stands."
        ),
        Outcome.LATE: _(
            "This answer arrived after the exam was closed, so it does not count. It is kept."
        ),
        Outcome.LOCKED: _("This answer was locked when you went on, and can no longer be changed."),
    }
    return words[outcome]
