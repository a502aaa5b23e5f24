"""The pages around an open attempt: where to continue, the list of decisions, submitting."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.accounts.queries import legal_name_of, licences_of
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.quizzes.attempts import actions as attempt_actions
from cpd.quizzes.attempts import delivery
from cpd.quizzes.attempts import queries as attempt_queries
from cpd.quizzes.attempts.forms import SubmissionForm
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.attempts.pages import _closed, _sitting
from cpd.quizzes.attempts.statements import statement, statement_hash
from cpd.quizzes.blueprint import bp
from cpd.quizzes.rules.attempts import AttemptState
from cpd.web.reading import only


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


@bp.get("/attempts/<string:public_id>/decisions")
@requires(Permission.ATTEMPT_TAKE)
def decisions(public_id: str) -> ResponseReturnValue:
    """Show all decisions in one list, in plain words, each of which can be changed."""
    sitting = _sitting(public_id)
    return _closed(sitting) or render_template(
        "quizzes/decisions.html", sitting=sitting, now=clock.now()
    )


def _own(public_id: str) -> Attempt:
    return attempt_queries.attempt_of(db.session(), current_actor(), public_id) or abort(404)


def _is_to_be_stated(attempt: Attempt) -> bool:
    """Whether handing in does anything still: closes the attempt, or states what is missing."""
    return attempt.state is AttemptState.OPEN or attempt_queries.lacks_statement(
        db.session(), attempt
    )


@bp.get("/attempts/<string:public_id>/submission")
@requires(Permission.ATTEMPT_TAKE)
def hand_in(public_id: str) -> ResponseReturnValue:
    """Ask for the name to print and the statement, before handing in."""
    name = legal_name_of(db.session(), current_actor())
    return _hand_in_page(_own(public_id), SubmissionForm.to_fill_in(name=name))


def _hand_in_page(
    attempt: Attempt, form: SubmissionForm, *, status: int = 200
) -> ResponseReturnValue:
    sitting = delivery.sitting(db.session(), attempt, now=clock.now())
    is_open = sitting.state is AttemptState.OPEN
    has_run_out = attempt.state is AttemptState.OPEN and not is_open
    if has_run_out or not _is_to_be_stated(attempt):
        return redirect(url_for(".result", public_id=attempt.public_id), 303)
    page = render_template(
        "quizzes/hand_in.html",
        sitting=sitting,
        form=form,
        is_open=is_open,
        licences=licences_of(db.session(), attempt.subject),
        now=clock.now(),
    )
    return page, status


@bp.post("/attempts/<string:public_id>/submission")
@requires(Permission.ATTEMPT_TAKE)
def submit(public_id: str) -> ResponseReturnValue:
    """Hand the attempt in, once, with the name to print and the statement that was shown."""
    received_at = clock.now()
    attempt = _own(public_id)
    form, text = SubmissionForm.sent(), statement()
    if _is_to_be_stated(attempt):
        if form.shown.data != statement_hash(text):
            return _state_anew(attempt, name=form.name.data or "")
        if not form.validate():
            return _hand_in_page(attempt, form, status=422)
        with unit_of_work() as session:
            attempt_actions.submit(
                session,
                attempt.id,
                actor=current_actor(),
                now=received_at,
                printed_name=form.name.data or "",
                statement=text,
            )
    return redirect(url_for(".result", public_id=public_id), 303)


def _state_anew(attempt: Attempt, *, name: str) -> ResponseReturnValue:
    """Ask again for a statement whose words are no longer those that were shown."""
    flash(
        _(
            "The statement changed since you opened the page, so it was not sent. "
            "Please read it once more, tick it, and send the form again."
        ),
        "warn",
    )
    return _hand_in_page(attempt, SubmissionForm.to_fill_in(name=name), status=409)


@bp.post("/attempts/<string:public_id>/closing")
@requires(Permission.ATTEMPT_TAKE)
def close(public_id: str) -> ResponseReturnValue:
    """Close an attempt whose time is over, if the worker has not; one that is open goes on."""
    only(request.form, ())
    now, attempt = clock.now(), _own(public_id)
    with unit_of_work() as session:
        attempt_actions.expire(session, attempt.id, now=now)
    return redirect(url_for(".result", public_id=public_id), 303)
