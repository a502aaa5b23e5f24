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
from cpd.quizzes.attempts.pages import find_own_attempt_or_404
from cpd.quizzes.blueprint import bp, remove_citations_from_html
from cpd.quizzes.grading.queries import find_counting_result, find_own_attempt_summaries
from cpd.quizzes.results.report import find_report_of_attempt
from cpd.quizzes.results.review import ReviewClosedError, find_reviewed_cases
from cpd.quizzes.rules.attempts import AttemptState
from cpd.web.markup import render_markup


def _find_course_of_attempt(attempt: Attempt) -> Course:
    """Return the course of the actor's attempt in its context, or in their own once that has ended.

    If they can no longer open the course, return the version that they took.
    """
    session, actor, address = db.session(), current_actor(), attempt.enrolment.address
    in_context = courses.find_course(session, actor, address.slug, address.context)
    own = in_context or courses.find_course(session, actor, address.slug)
    return own or courses.find_course_of_enrolment(session, attempt.enrolment)


@bp.get("/attempts/<string:public_id>/result")
@requires(Permission.ATTEMPT_TAKE)
def result(public_id: str) -> ResponseReturnValue:
    """Show the result of an attempt; an overdue one is closed by a button, or by the worker."""
    attempt = find_own_attempt_or_404(public_id)
    if attempt.state is AttemptState.OPEN:
        open_attempt = delivery.find_attempt_with_shown_cases(
            db.session(), attempt, now=clock.now()
        )
        if open_attempt.state is AttemptState.OPEN:
            return redirect(url_for(".go_to_unfinished_case", public_id=public_id), 303)
        return render_template("quizzes/results/time_over.html", attempt=attempt)
    graded = find_counting_result(db.session(), attempt)
    if graded is None:
        return render_template("quizzes/results/no_result.html", attempt=attempt)
    report = find_report_of_attempt(
        db.session(),
        current_actor(),
        _find_course_of_attempt(attempt),
        attempt,
        graded,
        now=clock.now(),
    )
    page = "passed" if graded.passed else "not_passed"
    return render_template(
        f"quizzes/results/{page}.html",
        report=report,
        attempt=attempt,
        fill=remove_citations_from_html,
    )


@bp.get("/attempts/<string:public_id>/review")
@requires(Permission.ATTEMPT_TAKE)
def review(public_id: str) -> ResponseReturnValue:
    """Show every case of an attempt with its key and reasons, once the exam is passed."""
    attempt = find_own_attempt_or_404(public_id)
    try:
        cases = find_reviewed_cases(db.session(), attempt, now=clock.now())
    except ReviewClosedError:
        flash(_("The answers stay hidden while you can still get these cases."), "info")
        return redirect(url_for(".result", public_id=public_id), 303)
    course = _find_course_of_attempt(attempt)
    return render_template(
        "quizzes/results/review.html",
        attempt=attempt,
        cases=cases,
        course=course,
        sources=Sources(course),
    )


def render_results_panel(session: Session, actor: Actor) -> Markup:
    """Return the part of the actor's record page with their attempts and results."""
    attempts = find_own_attempt_summaries(session, actor, now=clock.now())
    return render_markup("quizzes/results/_panel.html", attempts=attempts)
