"""The page of an exam, with its rules, and the start of an attempt."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Actor, Permission
from cpd.content.languages import mark_html
from cpd.courses import queries as courses
from cpd.courses.hooks import Link
from cpd.courses.models import Enrolment, Revision
from cpd.courses.queries import Course
from cpd.courses.rules.addresses import CourseAddress
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.quizzes.blueprint import bp, remove_citations_from_html
from cpd.quizzes.exams import actions, hooks
from cpd.quizzes.exams.actions import CertificateDetailsMissing, OpenElsewhere, VersionClosed
from cpd.quizzes.exams.drawing import CannotDraw, find_known_cases
from cpd.quizzes.exams.eligibility import find_exam_eligibility
from cpd.quizzes.exams.way_back import find_way_back
from cpd.quizzes.rules.attempts import AttemptState
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
    """Show a button that starts an attempt, or what prevents one; the rules; earlier attempts."""
    course, session = _find_course_or_404(address), db.session()
    eligibility, way_back, known = None, None, None
    notes: Sequence[Markup] = ()
    if course.enrolment is not None:
        eligibility = find_exam_eligibility(session, course.enrolment, now=clock.now())
        way_back = find_way_back(session, course.enrolment, eligibility)
        known = find_known_cases(session, course.enrolment, course.outline)
        notes = hooks.exam_notes(session, current_actor(), course.in_view)
    return render_template(
        "quizzes/exams/exam.html",
        course=course,
        rule=course.outline.exam,
        text=mark_html(
            courses.find_html_of_part(session, course.outline.exam),
            course.outline.course.front.language,
        ),
        fill=remove_citations_from_html,
        expiry=course.expiry_at(clock.now()),
        eligibility=eligibility,
        way_back=way_back,
        known=known,
        notes=notes,
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
    if isinstance(started, StartRefusal | OpenElsewhere | VersionClosed):
        return redirect(exam_address, 303)
    if isinstance(started, CannotDraw):
        if find_known_cases(db.session(), enrolment, _find_course_or_404(address).outline):
            return redirect(exam_address, 303)  # which says why
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
    return render_markup(
        "quizzes/exams/_panel.html",
        eligibility=eligibility,
        way_back=find_way_back(session, enrolment, eligibility),
        known=find_known_cases(session, enrolment, eligibility.outline)
        if not eligibility.obstacles
        else None,
    )


def find_next_step(session: Session, enrolment: Enrolment) -> Link | None:
    """Return what comes next after a failed attempt; None for people without one."""
    eligibility = find_exam_eligibility(session, enrolment, now=clock.now())
    newest = eligibility.newest_attempt
    if newest is None or newest.state is not AttemptState.GRADED or newest.passed:
        return None
    way_back, address = find_way_back(session, enrolment, eligibility), enrolment.address
    if way_back.passages:
        section, heading = way_back.passages[0]
        return Link(
            url_for(
                "courses.section",
                address=address,
                section=section.slug,
                again=heading.anchor,
                _anchor=heading.anchor,
            ),
            str(_("Read the next passage")),
        )
    if way_back.practice:
        case = way_back.practice[0][0]
        values: dict[str, Any] = {"section": case.section, "again-case": case.slug}
        return Link(
            url_for("courses.section", address=address, _anchor=f"case-{case.slug}", **values),
            str(_("Decide a practice case")),
        )
    return Link(url_for("quizzes.exam", address=address), str(_("Go to the next try")))
