"""The pages around an open attempt: where to continue, all decisions in one list, submitting."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.accounts.profile.queries import find_licenses, find_own_legal_name
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.quizzes.attempts import actions, delivery
from cpd.quizzes.attempts.adding_time import add_time_and_say_so
from cpd.quizzes.attempts.forms import SubmissionForm, TimeForm
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.attempts.pages import (
    find_own_attempt_or_404,
    find_own_attempt_with_cases_or_404,
    redirect_to_result_if_over,
)
from cpd.quizzes.attempts.statements import attempt_can_be_submitted, translated_statement_text
from cpd.quizzes.blueprint import bp
from cpd.quizzes.rules.attempts import AttemptState
from cpd.web.forms import NoFields


@bp.get("/attempts/<string:public_id>")
@requires(Permission.ATTEMPT_TAKE)
def go_to_unfinished_case(public_id: str) -> ResponseReturnValue:
    """Go to the first case that is not finished, or to the list of decisions."""
    attempt = find_own_attempt_with_cases_or_404(public_id)
    if (over := redirect_to_result_if_over(attempt)) is not None:
        return over
    if attempt.unfinished_cases:
        position = attempt.unfinished_cases[0].position
        return redirect(url_for(".case", public_id=public_id, position=position), 303)
    return redirect(url_for(".decisions", public_id=public_id), 303)


@bp.get("/attempts/<string:public_id>/decisions")
@requires(Permission.ATTEMPT_TAKE)
def decisions(public_id: str) -> ResponseReturnValue:
    """Show all decisions in one list, in plain words; each can be changed."""
    attempt = find_own_attempt_with_cases_or_404(public_id)
    return redirect_to_result_if_over(attempt) or render_template(
        "quizzes/attempts/decisions.html", open_attempt=attempt, now=clock.now()
    )


@bp.get("/attempts/<string:public_id>/submission")
@requires(Permission.ATTEMPT_TAKE)
def submission(public_id: str) -> ResponseReturnValue:
    """Ask for the name to print and the statement, before submitting."""
    name = find_own_legal_name(db.session(), current_actor())
    return _respond_with_submission_page(
        find_own_attempt_or_404(public_id), SubmissionForm.with_name_filled_in(name=name)
    )


def _respond_with_submission_page(
    attempt: Attempt, form: SubmissionForm, *, status: int = 200
) -> ResponseReturnValue:
    open_attempt = delivery.find_attempt_with_shown_cases(db.session(), attempt, now=clock.now())
    is_open = open_attempt.state is AttemptState.OPEN
    is_overdue = attempt.state is AttemptState.OPEN and not is_open
    if is_overdue or not attempt_can_be_submitted(db.session(), attempt):
        return redirect(url_for(".result", public_id=attempt.public_id), 303)
    page = render_template(
        "quizzes/attempts/submission.html",
        open_attempt=open_attempt,
        form=form,
        is_open=is_open,
        licenses=find_licenses(db.session(), attempt.subject),
        now=clock.now(),
    )
    return page, status


@bp.post("/attempts/<string:public_id>/submission")
@requires(Permission.ATTEMPT_TAKE)
def submit_own_attempt(public_id: str) -> ResponseReturnValue:
    """Submit the attempt once, with the name to print and the statement that was shown."""
    received_at = clock.now()
    attempt = find_own_attempt_or_404(public_id)
    form = SubmissionForm.from_request()
    if attempt_can_be_submitted(db.session(), attempt):
        if form.statement_has_changed:
            return _respond_with_changed_statement(attempt, name=form.name.data or "")
        name_in_profile = find_own_legal_name(db.session(), current_actor())
        if not form.validate() or not form.validate_against_profile(name_in_profile):
            return _respond_with_submission_page(attempt, form, status=422)
        statement = translated_statement_text()
        with unit_of_work() as session:
            actions.submit_attempt(
                session,
                attempt.id,
                actor=current_actor(),
                now=received_at,
                printed_name=form.name.data or "",
                statement=statement,
            )
    return redirect(url_for(".result", public_id=public_id), 303)


def _respond_with_changed_statement(attempt: Attempt, *, name: str) -> ResponseReturnValue:
    """Ask again, because the statement has changed since it was shown."""
    flash(
        _(
            "The statement changed since you opened the page, so it was not sent. "
            "Please read it once more, check the box, and send the form again."
        ),
        "warn",
    )
    return _respond_with_submission_page(
        attempt, SubmissionForm.with_name_filled_in(name=name), status=409
    )


_OFFERING_PAGES = {"decisions": ".decisions", "submission": ".submission"}


@bp.post("/attempts/<string:public_id>/time")
@requires(Permission.ATTEMPT_TAKE)
def add_own_time(public_id: str) -> ResponseReturnValue:
    """Add time near the end, then go back to the page that offered it."""
    form = TimeForm.from_request()
    add_time_and_say_so(public_id, form.until.data)
    page = _OFFERING_PAGES.get(form.back.data, ".go_to_unfinished_case")
    return redirect(url_for(page, public_id=public_id), 303)


@bp.post("/attempts/<string:public_id>/closing")
@requires(Permission.ATTEMPT_TAKE)
def close_own_overdue_attempt(public_id: str) -> ResponseReturnValue:
    """Close an attempt that is past its deadline, if the worker has not; others stay open."""
    NoFields.from_request()
    now, attempt = clock.now(), find_own_attempt_or_404(public_id)
    with unit_of_work() as session:
        actions.lock_and_close_if_overdue(session, attempt.id, now=now)
    return redirect(url_for(".result", public_id=public_id), 303)
