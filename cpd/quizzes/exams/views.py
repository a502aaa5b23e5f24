"""The exam's rules and its start."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Actor, Permission
from cpd.accounts.queries import has_stated_printed
from cpd.courses import queries as courses
from cpd.courses.models import Enrolment, Revision
from cpd.courses.queries import Course
from cpd.courses.rules.addresses import CourseAddress
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.quizzes.attempts import queries as attempt_queries
from cpd.quizzes.blueprint import bp, shown_bare
from cpd.quizzes.exams import actions as exam_actions
from cpd.quizzes.exams.actions import OpenElsewhere
from cpd.quizzes.exams.drawing import CannotDraw
from cpd.quizzes.exams.eligibility import standing
from cpd.quizzes.rules.eligibility import StartRefusal
from cpd.web.reading import only


def _course(at: CourseAddress) -> Course:
    return courses.course(db.session(), current_actor(), at.slug, at.context) or abort(404)


@bp.get("/courses/<course:course_slug>/exam")
@requires(Permission.ATTEMPT_TAKE)
def exam(course_slug: CourseAddress) -> ResponseReturnValue:
    """Show the exam's rules in five lines, and what stands in the way of a start."""
    course = _course(course_slug)
    if course.enrolment is None:
        flash(_("Start the course first; its exam comes after the reading."), "info")
        return redirect(url_for("courses.course", slug=course_slug), 303)
    return render_template(
        "quizzes/exam.html",
        course=course,
        rule=course.outline.exam,
        text=courses.text_of(db.session(), course.outline.exam),
        fill=shown_bare,
        standing=standing(db.session(), course.enrolment, now=clock.now()),
    )


@bp.post("/courses/<course:course_slug>/exam/attempts")
@requires(Permission.ATTEMPT_TAKE)
def start(course_slug: CourseAddress) -> ResponseReturnValue:
    """Start an attempt with its first case, or go on with the open one where its learner was."""
    only(request.form, ())
    course, actor = _course(course_slug), current_actor()
    enrolment = course.enrolment or abort(404)
    is_first = (
        attempt_queries.open_attempt(db.session(), actor.subject, course.outline.exam.document_id)
        is None
    )
    if is_first and not has_stated_printed(db.session(), actor):
        flash(_("First say what your certificate is to print; then start the exam."), "info")
        return redirect(
            url_for("accounts.profile.printed", next=url_for(".exam", course_slug=course_slug)), 303
        )
    with unit_of_work() as session:
        started = exam_actions.start(session, enrolment, actor=actor, now=clock.now())
    if isinstance(started, StartRefusal | OpenElsewhere):
        return redirect(url_for(".exam", course_slug=course_slug), 303)
    if isinstance(started, CannotDraw):
        return render_template("quizzes/cannot_draw.html", course_slug=course_slug), 503
    if started.last_sequence:
        return redirect(url_for(".sit", public_id=started.public_id), 303)
    return redirect(url_for(".case", public_id=started.public_id, position=1), 303)


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
