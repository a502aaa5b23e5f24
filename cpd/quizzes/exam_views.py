"""The pages of an open attempt: one case at a time, every answer kept as it is given.

Nothing here may import a key, directly or through another module.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.exceptions import BadRequest

from cpd.access.guard import current_actor, preserve_form_on_login, requires
from cpd.access.permissions import Permission
from cpd.cases import path
from cpd.cases.kinds.kind import InvalidAnswerError
from cpd.cases.kinds.registry import KINDS
from cpd.cases.model import Answer, StepFront, UnknownStepError
from cpd.content.placeholders import fill_citations
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.kernel.ids import new_public_id
from cpd.quizzes import answering, delivery
from cpd.quizzes.answering import Receipt
from cpd.quizzes.delivery import Drawn, Sitting, SittingCase
from cpd.quizzes.forms import EventBody, read_form, read_json
from cpd.quizzes.rules.answers import EventType, Incoming, Outcome
from cpd.quizzes.rules.attempts import AttemptState
from cpd.web.formatting import clock_time
from cpd.web.reading import json_object, one, only

bp = Blueprint("quizzes", __name__, template_folder="templates")


def _sitting(public_id: str) -> Sitting:
    """Return the actor's own attempt, or answer 404 as for one that does not exist."""
    attempt = delivery.attempt_of(db.session(), current_actor(), public_id)
    return delivery.sitting(db.session(), attempt or abort(404), now=clock.now())


def _case(sitting: Sitting, position: int) -> SittingCase:
    return sitting.case(position) or abort(404)


def shown_bare(html: str) -> Markup:
    """Return a story as an exam shows it: stored HTML without sources, which would be hints."""
    return fill_citations(html, lambda _number, _key: "")[0]


def _closed(sitting: Sitting) -> ResponseReturnValue | None:
    """Send a learner whose attempt is over to its result."""
    if sitting.state is AttemptState.OPEN:
        return None
    return redirect(url_for(".result", public_id=sitting.attempt.public_id), 303)


@bp.get("/attempts/<string:public_id>")
@requires(Permission.ATTEMPT_TAKE)
def sit(public_id: str) -> ResponseReturnValue:
    """Go to where the learner was: the first case that has not come to its end."""
    sitting = _sitting(public_id)
    if (over := _closed(sitting)) is not None:
        return over
    if sitting.left:
        return redirect(
            url_for(".case", public_id=public_id, position=sitting.left[0].position), 303
        )
    return redirect(url_for(".decisions", public_id=public_id), 303)


@bp.get("/attempts/<string:public_id>/cases/<int:position>")
@requires(Permission.ATTEMPT_TAKE)
def case(public_id: str, position: int) -> ResponseReturnValue:
    """Show a case as far as its story has gone, and its open question."""
    sitting = _sitting(public_id)
    found = _case(sitting, position)
    return _closed(sitting) or _show(sitting, found, unsaved=_unsaved(found))


@dataclass(frozen=True)
class Unsaved:
    """An answer that came when nobody was signed in: chosen again, and saved by its sender only."""

    body: EventBody
    answer: Answer


def _unsaved(found: SittingCase) -> Unsaved | None:
    """Return the answer that the address offers, if it is one to the question that is open."""
    if "choice" not in request.args or found.now.is_locked:
        return None
    try:
        body = read_form(request.args, found.position)
        answer = KINDS[found.now.step.kind].parse(found.now.step, body.choices)
    except (InvalidAnswerError, BadRequest):
        return None
    if answer is None or body.step != found.now.step.id:
        return None
    return Unsaved(body, answer)


def _show(
    sitting: Sitting,
    found: SittingCase,
    *,
    fault: str | None = None,
    status: int = 200,
    unsaved: Unsaved | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "quizzes/case.html",
        sitting=sitting,
        case=found,
        shown=found.now,
        event_id=unsaved.body.event_id if unsaved else new_public_id("evt"),
        lock_id=new_public_id("evt"),
        unsaved=unsaved,
        onwards=_onwards(
            sitting.attempt.public_id, found.position, of=len(sitting.cases), asks=found.goes_on
        ),
        fault=fault,
        fill=shown_bare,
        now=clock.now(),
    )
    return page, status


def _offered(public_id: str, position: int) -> str | None:
    """Return the address of a case that offers what was posted to it once more."""
    sent: dict[str, Any] = {
        name: request.form.getlist(name) for name in ("step", "after", "event_id", "choice")
    }
    if not sent["choice"]:
        return None
    return url_for("quizzes.case", public_id=public_id, position=position, **sent)


@bp.post("/attempts/<string:public_id>/cases/<int:position>")
@requires(Permission.ATTEMPT_TAKE)
@preserve_form_on_login(_offered)
def answer(public_id: str, position: int) -> ResponseReturnValue:
    """Keep the answer of the plain form, then go where its button says."""
    received_at = clock.now()
    body = read_form(request.form, position)
    go = one(request.form, "go", "next")
    drawn = _drawn(public_id, position)
    if body.choices or body.after:
        try:
            receipt = _keep(drawn, body, received_at=received_at)
        except InvalidAnswerError as fault:
            return _show_again(public_id, position, str(fault), status=422)
        if receipt.outcome is not Outcome.ACCEPTED:
            return _not_accepted(public_id, position, receipt)
    elif go == "on":
        return _show_again(public_id, position, _("Choose an answer, then go on."), status=422)
    asks = bool(body.choices) and path.locks(drawn.front.step(body.step))
    return redirect(_next_address(public_id, drawn, go, asks=asks), 303)


def _drawn(public_id: str, position: int) -> Drawn:
    """Return a drawn case of the actor's own attempt, or answer 404 as for none."""
    cases = delivery.drawn(db.session(), current_actor().subject, public_id)
    return cases[position - 1] if 0 < position <= len(cases) else abort(404)


def _show_again(public_id: str, position: int, fault: str, *, status: int) -> ResponseReturnValue:
    sitting = _sitting(public_id)
    return _show(sitting, _case(sitting, position), fault=fault, status=status)


def _next_address(public_id: str, drawn: Drawn, go: str, *, asks: bool) -> str:
    """Return where the pressed button leads."""
    if go == "decisions":
        return url_for(".decisions", public_id=public_id)
    if go == "stay":
        return url_for(".case", public_id=public_id, position=drawn.position)
    return _onwards(public_id, drawn.position, of=drawn.of, asks=asks)


def _onwards(public_id: str, position: int, *, of: int, asks: bool) -> str:
    """Return what comes after an answer: the question whether it may lock, or the next case."""
    if asks:
        return url_for(".move_on", public_id=public_id, position=position)
    if position < of:
        return url_for(".case", public_id=public_id, position=position + 1)
    return url_for(".decisions", public_id=public_id)


def _keep(drawn: Drawn, body: EventBody, *, received_at: datetime) -> Receipt:
    """Keep one answer; raises InvalidAnswerError when it is none of this question's."""
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


def _not_accepted(public_id: str, position: int, receipt: Receipt) -> ResponseReturnValue:
    if receipt.outcome is Outcome.LATE:
        flash(message_for(receipt.outcome), "warn")
        return redirect(url_for(".result", public_id=public_id), 303)
    return _show_again(public_id, position, message_for(receipt.outcome), status=409)


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


@bp.post("/attempts/<string:public_id>/events")
@requires(Permission.ATTEMPT_TAKE)
def event(public_id: str) -> ResponseReturnValue:
    """Keep one answer sent by the page's script; answer with its receipt."""
    received_at = clock.now()
    body = read_json(json_object())
    drawn = _drawn(public_id, body.position)
    try:
        receipt = _keep(drawn, body, received_at=received_at)
    except InvalidAnswerError as fault:
        return jsonify(message=str(fault)), 422
    status = {Outcome.ACCEPTED: 200, Outcome.LATE: 410}.get(receipt.outcome, 409)
    return jsonify(receipt_json(receipt)), status


def receipt_json(receipt: Receipt) -> dict[str, Any]:
    """Return a receipt as the script reads it."""
    return {
        "event_id": receipt.event_id,
        "sequence": receipt.sequence,
        "outcome": receipt.outcome.value,
        "received_at": receipt.received_at.isoformat(),
        "clock": clock_time(receipt.received_at),
        "receipt": receipt.receipt,
        "message": message_for(receipt.outcome),
    }


@bp.get("/attempts/<string:public_id>/cases/<int:position>/move-on")
@requires(Permission.ATTEMPT_TAKE)
def move_on(public_id: str, position: int) -> ResponseReturnValue:
    """Ask once before the present answer locks."""
    sitting = _sitting(public_id)
    found = _case(sitting, position)
    if (over := _closed(sitting)) is not None:
        return over
    if not (found.goes_on and found.now.answer):
        return redirect(url_for(".case", public_id=public_id, position=position), 303)
    return render_template(
        "quizzes/move_on.html", sitting=sitting, case=found, event_id=new_public_id("evt")
    )


@bp.post("/attempts/<string:public_id>/cases/<int:position>/move-on")
@requires(Permission.ATTEMPT_TAKE)
def reveal(public_id: str, position: int) -> ResponseReturnValue:
    """Lock the answer and let the story go on."""
    received_at = clock.now()
    only(request.form, {"step", "after", "event_id"})
    body = read_form(request.form, position)
    drawn = _drawn(public_id, position)
    _step(drawn, body)
    receipt = _append(drawn, body, EventType.REVEAL, None, received_at=received_at)
    if receipt.outcome in {Outcome.CONFLICTING, Outcome.LATE}:
        return _not_accepted(public_id, position, receipt)
    return redirect(url_for(".case", public_id=public_id, position=position) + "#question", 303)


@bp.get("/attempts/<string:public_id>/decisions")
@requires(Permission.ATTEMPT_TAKE)
def decisions(public_id: str) -> ResponseReturnValue:
    """Show all decisions in one list, in plain words, each of which can be changed."""
    sitting = _sitting(public_id)
    return _closed(sitting) or render_template(
        "quizzes/decisions.html", sitting=sitting, now=clock.now()
    )
