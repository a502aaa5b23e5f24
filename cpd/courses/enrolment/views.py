"""The page of a course, with what it discloses before the start, and the form to start it."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from cpd.access.guard import SIGN_IN, current_actor, public, requires
from cpd.access.permissions import Permission
from cpd.courses import credit, hooks, pages
from cpd.courses.changes.queries import find_course_update
from cpd.courses.enrolment import actions, disclosure
from cpd.courses.enrolment.forms import EnrolmentForm
from cpd.courses.enrolment.queries import find_disclosure_of_enrolment
from cpd.courses.pages import bp
from cpd.courses.queries import Course
from cpd.courses.reading.queries import find_course_progress
from cpd.courses.rules import reading
from cpd.courses.rules.addresses import CourseAddress
from cpd.courses.rules.disclosure import DisclosureLine, disclosure_hash
from cpd.courses.rules.section_plans import build_section_plans
from cpd.courses.sources import Sources
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.provider import current


@bp.get("/courses/<course:address>")
@public
def course(address: CourseAddress) -> ResponseReturnValue:
    """Show what a course is, who wrote it, what it requires, and how to start."""
    return pages.make_cacheable_response(_render_course_page(pages.course_or_404(address)))


def _render_course_page(course: Course, *, has_changed: bool = False) -> str:
    session, actor, provider = db.session(), current_actor(), current.current_provider()
    missing = credit.find_missing_for_credit(session, [course])[course.revision.id]
    stored_lines = (
        find_disclosure_of_enrolment(session, course.enrolment) if course.enrolment else ()
    )
    lines = stored_lines or disclosure.build_disclosure(course, missing, provider)
    about = Sources(course).render_cached_html(
        course.revision.public_id, lambda: course.outline.course.html
    )
    return render_template(
        "courses/course.html",
        course=course,
        update=find_course_update(session, course),
        expiry=course.expiry_at(clock.now()),
        about=about,
        progress=find_course_progress(session, course),
        has_changed=has_changed,
        is_free=provider.charges_nothing,
        missing=missing,
        missing_text=disclosure.describe_missing_for_credit(missing),
        credit=reading.build_reading_credit(course.outline),
        time_sum=disclosure.describe_reading_time_sum,
        word_rule=disclosure.describe_word_rule(course.outline, missing),
        words_rule=reading.WORDS_RULE,
        policy=course.outline.exam.policy,
        safety=tuple((card.front.signs, card.slug, card.title) for card in course.outline.hazards),
        disclosure=disclosure.mark_texts_of_course(lines, course),
        shown=None if stored_lines else disclosure_hash(lines),
        is_signed_in=actor.is_signed_in,
        may_study=actor.may(Permission.COURSE_STUDY),
        may_stop=actor.may(Permission.VERSION_STOP),
        may_write=actor.may(Permission.DRAFT_WRITE),
        reviews=credit.count_reviews_here(course),
        is_read_only=pages.is_read_only(course),
        sign_in=url_for(SIGN_IN, next=url_for(".course", address=course.address)),
        exam_panel=hooks.exam_panel(session, actor, course.enrolment, course.revision),
        start_notes=_render_start_notes(course),
        credit_panels=hooks.credit_panels(session, actor, course.in_view),
    )


def _render_start_notes(course: Course) -> Sequence[Markup]:
    """Return what concerns those who could now start the course on their own."""
    actor = current_actor()
    is_begun = course.enrolment is not None or not course.address.is_without_context
    if is_begun or not actor.may(Permission.COURSE_STUDY):
        return ()
    return hooks.start_notes(db.session(), actor, course.slug)


@bp.get("/courses/<course:address>/outline")
@public
def outline(address: CourseAddress) -> ResponseReturnValue:
    """Show what a reviewer asks for: minutes, objectives, cases, sources, the exam, interests."""
    course, session = pages.course_or_404(address), db.session()
    sources, front = Sources(course), course.outline.course.front
    missing = credit.find_missing_for_credit(session, [course])[course.revision.id]
    plans = [
        (plan, [sources.number_source(key) for key in plan.sources])
        for plan in build_section_plans(course.outline)
    ]
    return pages.make_cacheable_response(
        render_template(
            "courses/outline.html",
            course=course,
            plans=plans,
            sources=sources.cited_sources,
            policy=course.outline.exam.policy,
            credit=reading.build_reading_credit(course.outline),
            time_sum=disclosure.describe_reading_time_sum,
            word_rule=disclosure.describe_word_rule(course.outline, missing),
            words_rule=reading.WORDS_RULE,
            missing=missing,
            sign_off=disclosure.describe_sign_off(course),
            dates=disclosure.describe_course_dates(front),
        )
    )


@bp.post("/courses/<course:address>/enrolment")
@requires(Permission.COURSE_STUDY)
def enrol(address: CourseAddress) -> ResponseReturnValue:
    """Begin a course and store what was disclosed; if that has changed, show it again first."""
    course = pages.course_or_404(address)
    form = EnrolmentForm.from_request()
    version, shown = form.version.data, form.shown.data
    if course.assigned is not None and not course.assigned.is_open:
        return _render_course_page(course), 409
    if course.enrolment is None:
        missing = credit.find_missing_for_credit(db.session(), [course])[course.revision.id]
        lines = disclosure.build_disclosure(course, missing, current.current_provider())
        if shown != disclosure_hash(lines):
            return _flash_and_render_changed_disclosure(course), 409
        try:
            _enrol_in_course(course, version, lines)
        except actions.CourseChangedError:
            return _flash_and_render_changed_disclosure(pages.course_or_404(address)), 409
        except (actions.VersionStoppedError, actions.VersionExpiredError):
            return _render_course_page(pages.course_or_404(address)), 409
    first = course.outline.sections[0].slug
    return redirect(url_for(".section", address=address, section=first), 303)


def _enrol_in_course(course: Course, version: str, lines: tuple[DisclosureLine, ...]) -> None:
    with unit_of_work() as session:
        actions.enrol(
            session,
            course.slug,
            actor=current_actor(),
            now=clock.now(),
            disclosure=lines,
            shown=version,
            context=course.context,
        )


def _flash_and_render_changed_disclosure(course: Course) -> str:
    flash(
        gettext(
            "What we say about this course changed after you opened the page, so you have not "
            "started yet. Please read it again, then start."
        ),
        "warn",
    )
    return _render_course_page(course, has_changed=True)
