"""The page of an exam, with its rules, and the start of an attempt."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Actor, Permission
from cpd.content.languages import mark_html
from cpd.courses import queries as courses
from cpd.courses.models import Enrolment, Revision
from cpd.courses.queries import Course
from cpd.courses.rules.addresses import CourseAddress
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.quizzes.blueprint import bp, remove_citations_from_html
from cpd.quizzes.exams import actions
from cpd.quizzes.exams.actions import CertificateDetailsMissing, OpenElsewhere
from cpd.quizzes.exams.drawing import CannotDraw
from cpd.quizzes.exams.eligibility import find_exam_eligibility
from cpd.quizzes.rules.eligibility import StartRefusal
from cpd.web.forms import NoFields
from cpd.web.markup import render_markup


def _find_course_or_404(address: CourseAddress) -> Course:
    return courses.find_course(
        db.session(), current_actor(), address.slug, address.context
    ) or abort(404)


@bp.get("/courses/<course:address>/exam")
@requires(Permission.ATTEMPT_TAKE)
def exam(address: CourseAddress) -> ResponseReturnValue:
    """Show the exam's rules in five lines, the attempts so far, and any obstacles to a start."""
    course = _find_course_or_404(address)
    if course.enrolment is None:
        flash(_("Start the course first. Its exam comes after the reading."), "info")
        return redirect(url_for("courses.course", address=address), 303)
    return render_template(
        "quizzes/exams/exam.html",
        course=course,
        rule=course.outline.exam,
        text=mark_html(
            courses.find_html_of_part(db.session(), course.outline.exam),
            course.outline.course.front.language,
        ),
        fill=remove_citations_from_html,
        eligibility=find_exam_eligibility(db.session(), course.enrolment, now=clock.now()),
    )


@bp.post("/courses/<course:address>/exam/attempts")
@requires(Permission.ATTEMPT_TAKE)
def start_own_attempt(address: CourseAddress) -> ResponseReturnValue:
    """Start an attempt with its first case, or continue the one that is open."""
    NoFields.from_request()
    enrolment = _find_course_or_404(address).enrolment or abort(404)
    exam_address = url_for(".exam", address=address)
    with unit_of_work() as session:
        started = actions.start_attempt(session, enrolment, actor=current_actor(), now=clock.now())
    if isinstance(started, CertificateDetailsMissing):
        flash(_("Before you start the exam, tell us what your certificate should show."), "info")
        return redirect(url_for("accounts.profile.ask_certificate_details", next=exam_address), 303)
    if isinstance(started, StartRefusal | OpenElsewhere):
        return redirect(exam_address, 303)
    if isinstance(started, CannotDraw):
        return render_template("quizzes/exams/cannot_draw.html", address=address), 503
    if started.last_sequence:
        return redirect(url_for(".go_to_unfinished_case", public_id=started.public_id), 303)
    return redirect(url_for(".case", public_id=started.public_id, position=1), 303)


def render_exam_panel(
    session: Session, actor: Actor, enrolment: Enrolment | None, course: Revision
) -> Markup:
    """Return the part of a course page about its exam, with the button for the next step."""
    del actor, course  # the enrollment has both
    if enrolment is None:
        return Markup("")
    eligibility = find_exam_eligibility(session, enrolment, now=clock.now())
    return render_markup("quizzes/exams/_panel.html", eligibility=eligibility)
