"""The pages on which cases are answered: one case at a time, every answer saved as it is given.

Nothing here may import a key, directly or through another module.
"""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest

from cpd.access.guard import preserve_form_on_login, requires, says_on_login
from cpd.access.permissions import Permission
from cpd.cases import path
from cpd.cases.front import Answer
from cpd.cases.kinds.kind import InvalidAnswerError
from cpd.cases.kinds.registry import KINDS
from cpd.db import unit_of_work
from cpd.kernel import clock
from cpd.kernel.ids import new_public_id
from cpd.quizzes.answering import actions
from cpd.quizzes.answering.actions import ExamOverError, Receipt, TooManyAnswersError
from cpd.quizzes.answering.forms import AnswerForm, LockForm, PostedEvent
from cpd.quizzes.answering.receiving import (
    find_own_case_or_404,
    lock_posted_answer,
    message_for_answer_after_exam,
    message_for_outcome,
    message_for_too_many_answers,
    save_posted_answer,
)
from cpd.quizzes.attempts.adding_time import add_time_and_say_so
from cpd.quizzes.attempts.delivery import OpenAttempt, ShownCase
from cpd.quizzes.attempts.pages import (
    find_own_attempt_with_cases_or_404,
    redirect_to_result_if_over,
)
from cpd.quizzes.blueprint import bp, remove_citations_from_html
from cpd.quizzes.rules.answers import Outcome


def _describe_answer_on_device() -> str | None:
    """Say that an answer waits in the browser; its script adds `?kept` to the URL."""
    if "kept" not in request.args:
        return None
    return str(
        _(
            "You were signed out. Your answer is kept on this device and will be saved after you "
            "sign in."
        )
    )


def _describe_posted_answer() -> str | None:
    """Say that the answer just posted is not lost."""
    if "choice" not in request.form:
        return None
    return str(_("You were signed out. Your answer is kept: after you sign in, you can save it."))


@bp.get("/attempts/<string:public_id>/cases/<int:position>")
@requires(Permission.ATTEMPT_TAKE)
@says_on_login(_describe_answer_on_device)
def case(public_id: str, position: int) -> ResponseReturnValue:
    """Show a case as far as its learner has come, with its current question."""
    attempt = find_own_attempt_with_cases_or_404(public_id)
    shown = _pick_shown_case_or_404(attempt, position)
    return redirect_to_result_if_over(attempt) or _respond_with_case_page(
        attempt, shown, unsaved=_parse_answer_in_url(shown)
    )


def _pick_shown_case_or_404(attempt: OpenAttempt, position: int) -> ShownCase:
    return attempt.case_at_position(position) or abort(404)


@dataclass(frozen=True)
class UnsavedAnswer:
    """An answer that arrived after its sender was signed out: selected again, but not saved yet."""

    event: PostedEvent
    answer: Answer


def _parse_answer_in_url(case: ShownCase) -> UnsavedAnswer | None:
    """Return the answer in the URL, if it answers the current question."""
    step = case.current_step.step
    if "choice" not in request.args or case.current_step.is_locked:
        return None
    try:
        event = AnswerForm.from_fields(request.args).posted_event(case.position)
        answer = KINDS[step.kind].parse_answer(step, event.choices)
    except (InvalidAnswerError, BadRequest):
        return None
    if answer is None or event.step != step.id:
        return None
    return UnsavedAnswer(event, answer)


def _respond_with_case_page(
    attempt: OpenAttempt,
    case: ShownCase,
    *,
    fault: str | None = None,
    status: int = 200,
    unsaved: UnsavedAnswer | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "quizzes/answering/case.html",
        open_attempt=attempt,
        case=case,
        shown=case.current_step,
        event_id=unsaved.event.event_id if unsaved else new_public_id("evt"),
        lock_id=new_public_id("evt"),
        unsaved=unsaved,
        onwards=_url_to_follow_answer(
            attempt.attempt.public_id,
            case.position,
            case_count=len(attempt.cases),
            asks_before_locking=case.asks_before_locking,
        ),
        fault=fault,
        fill=remove_citations_from_html,
        now=clock.now(),
    )
    return page, status


def _url_of_case_with_posted_answer(public_id: str, position: int) -> str | None:
    """Return the URL of a case with the answer just posted to it, if there is one."""
    sent: dict[str, Any] = {
        name: request.form.getlist(name) for name in ("step", "after", "event_id", "choice")
    }
    if not sent["choice"]:
        return None
    return url_for("quizzes.case", public_id=public_id, position=position, **sent)


@bp.post("/attempts/<string:public_id>/cases/<int:position>")
@requires(Permission.ATTEMPT_TAKE)
@preserve_form_on_login(_url_of_case_with_posted_answer)
@says_on_login(_describe_posted_answer)
def answer_case(public_id: str, position: int) -> ResponseReturnValue:
    """Save the answer and the flag of the form, then go where its button leads."""
    received_at = clock.now()
    form = AnswerForm.from_request()
    posted, go = form.posted_event(position), form.go.data or ""
    case = find_own_case_or_404(public_id, position)
    if form.asks_for_time:  # on its own, as the flag: both are kept even if the answer is refused
        add_time_and_say_so(public_id, form.until.data)
    if form.has_changed_flag:
        with unit_of_work() as session:
            actions.set_case_flag(session, case, is_flagged=form.flagged.data)
    if posted.choices or posted.after:
        try:
            receipt = save_posted_answer(case, posted, received_at=received_at)
        except InvalidAnswerError as fault:
            return _respond_with_case_again(public_id, position, str(fault), status=422)
        except ExamOverError:
            return _redirect_to_result(public_id, message_for_answer_after_exam())
        except TooManyAnswersError as fault:
            message = message_for_too_many_answers(fault)
            return _respond_with_case_again(public_id, position, message, status=429)
        if receipt.outcome is not Outcome.ACCEPTED:
            return _respond_to_refused_answer(public_id, position, receipt)
    elif go == "on":
        return _respond_with_case_again(
            public_id, position, _("Choose an answer, then continue."), status=422
        )
    asks = bool(posted.choices) and path.step_locks_its_answer(case.front.step_by_id(posted.step))
    onwards = _url_to_follow_answer(
        public_id, position, case_count=case.case_count, asks_before_locking=asks
    )
    here = url_for(".case", public_id=public_id, position=position)
    return redirect(here if form.asks_for_time else onwards, 303)


def _respond_with_case_again(
    public_id: str, position: int, fault: str, *, status: int
) -> ResponseReturnValue:
    attempt = find_own_attempt_with_cases_or_404(public_id)
    return _respond_with_case_page(
        attempt, _pick_shown_case_or_404(attempt, position), fault=fault, status=status
    )


def _url_to_follow_answer(
    public_id: str, position: int, *, case_count: int, asks_before_locking: bool
) -> str:
    """Return what follows an answer: the page that asks whether to lock it, or the next case."""
    if asks_before_locking:
        return url_for(".ask_before_locking", public_id=public_id, position=position)
    if position < case_count:
        return url_for(".case", public_id=public_id, position=position + 1)
    return url_for(".decisions", public_id=public_id)


def _respond_to_refused_answer(
    public_id: str, position: int, receipt: Receipt
) -> ResponseReturnValue:
    message = message_for_outcome(receipt.outcome)
    if receipt.outcome is Outcome.LATE:
        return _redirect_to_result(public_id, message)
    return _respond_with_case_again(public_id, position, message, status=409)


def _redirect_to_result(public_id: str, message: str) -> ResponseReturnValue:
    flash(message, "warn")
    return redirect(url_for(".result", public_id=public_id), 303)


@bp.get("/attempts/<string:public_id>/cases/<int:position>/move-on")
@requires(Permission.ATTEMPT_TAKE)
def ask_before_locking(public_id: str, position: int) -> ResponseReturnValue:
    """Ask once before the current answer locks."""
    attempt = find_own_attempt_with_cases_or_404(public_id)
    case = _pick_shown_case_or_404(attempt, position)
    if (over := redirect_to_result_if_over(attempt)) is not None:
        return over
    if not (case.asks_before_locking and case.current_step.answer):
        return redirect(url_for(".case", public_id=public_id, position=position), 303)
    return render_template(
        "quizzes/answering/move_on.html",
        open_attempt=attempt,
        case=case,
        event_id=new_public_id("evt"),
        now=clock.now(),
    )


@bp.post("/attempts/<string:public_id>/cases/<int:position>/move-on")
@requires(Permission.ATTEMPT_TAKE)
def lock_current_answer(public_id: str, position: int) -> ResponseReturnValue:
    """Lock the current answer and let the story continue."""
    received_at = clock.now()
    posted = LockForm.from_request().posted_event(position)
    case = find_own_case_or_404(public_id, position)
    receipt = lock_posted_answer(case, posted, received_at=received_at)
    if receipt.outcome in {Outcome.CONFLICTING, Outcome.LATE}:
        return _respond_to_refused_answer(public_id, position, receipt)
    return redirect(url_for(".case", public_id=public_id, position=position) + "#question", 303)
