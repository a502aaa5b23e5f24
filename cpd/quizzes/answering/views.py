"""The pages of an open attempt: one case at a time, every answer kept as it is given.

Nothing here may import a key, directly or through another module.
"""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest

from cpd.access.guard import preserve_form_on_login, requires
from cpd.access.permissions import Permission
from cpd.cases import path
from cpd.cases.kinds.kind import AnswerFault
from cpd.cases.kinds.registry import KINDS
from cpd.cases.model import Answer
from cpd.kernel import clock
from cpd.kernel.ids import new_public_id
from cpd.quizzes.answering.actions import Receipt
from cpd.quizzes.answering.forms import EventBody, read_form
from cpd.quizzes.answering.receiving import _append, _drawn, _keep, _step, message_for
from cpd.quizzes.attempts.delivery import Drawn, Sitting, SittingCase
from cpd.quizzes.attempts.pages import _closed, _sitting
from cpd.quizzes.blueprint import bp, shown_bare
from cpd.quizzes.rules.answers import EventType, Outcome
from cpd.web.reading import one, only


def _case(sitting: Sitting, position: int) -> SittingCase:
    return sitting.case(position) or abort(404)


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
    except (AnswerFault, BadRequest):
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
        except AnswerFault as fault:
            return _show_again(public_id, position, str(fault), status=422)
        if receipt.outcome is not Outcome.ACCEPTED:
            return _not_accepted(public_id, position, receipt)
    elif go == "on":
        return _show_again(public_id, position, _("Choose an answer, then go on."), status=422)
    asks = bool(body.choices) and path.locks(drawn.front.step(body.step))
    return redirect(_next_address(public_id, drawn, go, asks=asks), 303)


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


def _not_accepted(public_id: str, position: int, receipt: Receipt) -> ResponseReturnValue:
    if receipt.outcome is Outcome.LATE:
        flash(message_for(receipt.outcome), "warn")
        return redirect(url_for(".result", public_id=public_id), 303)
    return _show_again(public_id, position, message_for(receipt.outcome), status=409)


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
