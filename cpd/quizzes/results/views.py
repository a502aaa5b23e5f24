"""The result of an attempt, and the review after a pass."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Actor, Permission
from cpd.courses import queries as courses
from cpd.courses.queries import Course
from cpd.courses.sources import Sources
from cpd.db import db
from cpd.kernel import clock
from cpd.quizzes.attempts import delivery
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.attempts.views import _own
from cpd.quizzes.blueprint import bp
from cpd.quizzes.grading import queries as grading_queries
from cpd.quizzes.grading.models import Result
from cpd.quizzes.results import report as report_
from cpd.quizzes.results import review as review_
from cpd.quizzes.rules.attempts import AttemptState
from cpd.quizzes.rules.reviewing import Review


def _course_of(attempt: Attempt) -> Course:
    """Return the course of the actor's attempt in its context; in their own once that has ended.

    Where they cannot find the course any more, it is the version that they took.
    """
    session, actor, at = db.session(), current_actor(), attempt.enrolment.address
    under = courses.course(session, actor, at.slug, at.context)
    own = under or courses.course(session, actor, at.slug)
    return own or courses.course_under(session, attempt.enrolment)


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
    report = report_.report(
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
    tries = grading_queries.tries_of(
        db.session(), attempt.subject, attempt.exam_id, now=clock.now()
    )
    access = review_.review_access(db.session(), attempt, tries)
    if outcome is None or access.review is not Review.OPEN:
        flash(_("The answers stay closed while you can still meet these cases."), "info")
        return redirect(url_for(".result", public_id=public_id), 303)
    course = _course_of(attempt)
    return render_template(
        "quizzes/review.html",
        attempt=attempt,
        cases=review_.reviewed(db.session(), attempt, outcome),
        course=course,
        sources=Sources(course),
    )


def results_panel(session: Session, actor: Actor) -> Markup:
    """Return the actor's tries and results for their record page."""
    tries = grading_queries.all_tries(session, actor, now=clock.now())
    panel = render_template("quizzes/_results_panel.html", tries=tries)
    return Markup(panel)  # noqa: S704 - our own template
