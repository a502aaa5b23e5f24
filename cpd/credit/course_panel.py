"""The part of a course's page, and of its exam's, that says for whom the course counts."""

from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor, Permission
from cpd.courses.hooks import VersionInView
from cpd.credit.credit_answers import find_credit_answers, find_license_answers
from cpd.credit.needs.queries import is_credit_wanted
from cpd.credit.rules.issue_checks import Answer
from cpd.credit.version_with_credit import find_version_with_credit
from cpd.kernel import clock
from cpd.web.markup import render_markup


def render_course_panel(session: Session, actor: Actor, version: VersionInView) -> Markup:
    """Return the names of all authorities by whether the course counts for them."""
    return _render_panel(session, actor, version, asks=False)


def render_exam_note(session: Session, actor: Actor, version: VersionInView) -> Markup:
    """Return the same before an exam, with the question where its reader needs the course."""
    return _render_panel(session, actor, version, asks=True)


def _render_panel(session: Session, actor: Actor, version: VersionInView, *, asks: bool) -> Markup:
    now = clock.now()
    answers = find_credit_answers(session, version, now=now)
    licenses = find_license_answers(session, actor, version, answers)
    has_passed = any(it.is_passed for it in answers)
    enrolment = version.enrolment if asks and not has_passed else None
    by_answer = {
        answer: [it.authority.file.short_name for it in answers if it.answer is answer]
        for answer in Answer
    }
    return render_markup(
        "credit/_course.html",
        by_answer=by_answer,
        address=version.address,
        may_study=actor.may(Permission.COURSE_STUDY),
        enrolment=enrolment,
        is_wanted=is_credit_wanted(session, enrolment) if enrolment else None,
        licenses=licenses,
        better=find_version_with_credit(session, actor, version, licenses, now=now),
    )
