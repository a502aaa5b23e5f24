"""The exam's rules and start, handing in, the result, and the review after a pass."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Actor, Permission
from cpd.accounts.profile.queries import has_certificate_details, legal_name_of, licenses_of
from cpd.courses import queries as courses
from cpd.courses.models import Enrolment, Revision
from cpd.courses.queries import Course
from cpd.courses.rules.addresses import CourseAddress
from cpd.courses.sources import Sources
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.quizzes import actions, delivery, queries, reports
from cpd.quizzes.actions import OpenElsewhere
from cpd.quizzes.drawing import CannotDraw
from cpd.quizzes.exam_views import bp, shown_bare
from cpd.quizzes.forms import SubmissionForm
from cpd.quizzes.models import Attempt, Result
from cpd.quizzes.rules.attempts import AttemptState
from cpd.quizzes.rules.reviewing import Review
from cpd.quizzes.rules.starting import StartRefusal
from cpd.quizzes.standing import standing
from cpd.quizzes.statement import statement, statement_hash
from cpd.web.reading import only

__all__ = ["bp"]


def _course(at: CourseAddress) -> Course:
    return courses.course(db.session(), current_actor(), at.slug, at.context) or abort(404)


@bp.get("/courses/<course:address>/exam")
@requires(Permission.ATTEMPT_TAKE)
def exam(address: CourseAddress) -> ResponseReturnValue:
    """Show the exam's rules in five lines, and what stands in the way of a start."""
    course = _course(address)
    if course.enrolment is None:
        flash(_("Start the course first; its exam comes after the reading."), "info")
        return redirect(url_for("courses.course", address=address), 303)
    return render_template(
        "quizzes/exam.html",
        course=course,
        rule=course.outline.exam,
        text=courses.text_of(db.session(), course.outline.exam),
        fill=shown_bare,
        standing=standing(db.session(), course.enrolment, now=clock.now()),
    )


@bp.post("/courses/<course:address>/exam/attempts")
@requires(Permission.ATTEMPT_TAKE)
def start(address: CourseAddress) -> ResponseReturnValue:
    """Start an attempt with its first case, or go on with the open one where its learner was."""
    only(request.form, ())
    course, actor = _course(address), current_actor()
    enrolment = course.enrolment or abort(404)
    is_first = (
        actions.open_attempt(db.session(), actor.subject, course.outline.exam.document_id) is None
    )
    if is_first and not has_certificate_details(db.session(), actor):
        flash(_("First say what your certificate is to print; then start the exam."), "info")
        return redirect(
            url_for(
                "accounts.profile.ask_certificate_details", next=url_for(".exam", address=address)
            ),
            303,
        )
    with unit_of_work() as session:
        started = actions.start(session, enrolment, actor=actor, now=clock.now())
    if isinstance(started, StartRefusal | OpenElsewhere):
        return redirect(url_for(".exam", address=address), 303)
    if isinstance(started, CannotDraw):
        return render_template("quizzes/cannot_draw.html", address=address), 503
    if started.last_sequence:
        return redirect(url_for(".sit", public_id=started.public_id), 303)
    return redirect(url_for(".case", public_id=started.public_id, position=1), 303)


def _own(public_id: str) -> Attempt:
    return delivery.attempt_of(db.session(), current_actor(), public_id) or abort(404)


def _course_of(attempt: Attempt) -> Course:
    """Return the course of the actor's attempt in its context; in their own once that has ended.

    Where they cannot find the course any more, it is the version that they took.
    """
    session, actor, at = db.session(), current_actor(), attempt.enrolment.address
    under = courses.course(session, actor, at.slug, at.context)
    own = under or courses.course(session, actor, at.slug)
    return own or courses.course_under(session, attempt.enrolment)


def _is_to_be_stated(attempt: Attempt) -> bool:
    """Whether handing in does anything still: closes the attempt, or states what is missing."""
    return attempt.state is AttemptState.OPEN or queries.lacks_statement(db.session(), attempt)


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
        licences=licenses_of(db.session(), attempt.subject),
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
            actions.submit(
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
        actions.expire(session, attempt.id, now=now)
    return redirect(url_for(".result", public_id=public_id), 303)


def _result_of(attempt: Attempt) -> Result | None:
    """Return the result that holds now: none while an attempt is open again, or void."""
    return db.session.get(Result, attempt.id) if attempt.state is AttemptState.GRADED else None


@bp.get("/attempts/<string:public_id>/result")
@requires(Permission.ATTEMPT_TAKE)
def result(public_id: str) -> ResponseReturnValue:
    """Show what came of an attempt; one whose time is over is closed by a button, or later."""
    attempt = _own(public_id)
    if attempt.state is AttemptState.OPEN:
        sitting = delivery.sitting(db.session(), attempt, now=clock.now())
        if sitting.state is AttemptState.OPEN:
            return redirect(url_for(".sit", public_id=public_id), 303)
        return render_template("quizzes/time_over.html", attempt=attempt)
    found = _result_of(attempt)
    if found is None:
        return render_template("quizzes/no_result.html", attempt=attempt)
    report = reports.report(
        db.session(), current_actor(), _course_of(attempt), attempt, found, now=clock.now()
    )
    page = "passed" if found.passed else "not_passed"
    return render_template(f"quizzes/{page}.html", report=report, attempt=attempt)


@bp.get("/attempts/<string:public_id>/review")
@requires(Permission.ATTEMPT_TAKE)
def review(public_id: str) -> ResponseReturnValue:
    """Show every case of a try with its key and reasons, once the exam is passed."""
    attempt = _own(public_id)
    outcome = _result_of(attempt)
    tries = queries.tries_of(db.session(), attempt.subject, attempt.exam_id, now=clock.now())
    access = queries.review_access(db.session(), attempt, tries)
    if outcome is None or access.review is not Review.OPEN:
        flash(_("The answers stay closed while you can still meet these cases."), "info")
        return redirect(url_for(".result", public_id=public_id), 303)
    course = _course_of(attempt)
    return render_template(
        "quizzes/review.html",
        attempt=attempt,
        cases=reports.reviewed(db.session(), attempt, outcome),
        course=course,
        sources=Sources(course),
    )


# What other rooms show of exams


def exam_panel(
    session: Session, actor: Actor, enrolment: Enrolment | None, course: Revision
) -> Markup:
    """Return where the learner stands with the exam of a course, and the one next button."""
    del actor, course  # the enrolment says both
    if enrolment is None:
        return Markup("")
    standing_now = standing(session, enrolment, now=clock.now())
    panel = render_template("quizzes/_exam_panel.html", standing=standing_now)
    return Markup(panel)  # noqa: S704 - our own template


def results_panel(session: Session, actor: Actor) -> Markup:
    """Return the actor's tries and results for their record page."""
    tries = queries.all_tries(session, actor, now=clock.now())
    panel = render_template("quizzes/_results_panel.html", tries=tries)
    return Markup(panel)  # noqa: S704 - our own template
