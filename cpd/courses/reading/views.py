"""The sections of a course, and all of it on one page."""

import re
from datetime import timedelta

from flask import (
    Response,
    abort,
    flash,
    get_template_attribute,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from markupsafe import Markup

from cpd.access.guard import current_actor, public, requires
from cpd.access.permissions import Permission
from cpd.content.languages import mark_texts_within
from cpd.content.placeholders import insert_below_heading
from cpd.content.readability import build_reading_time
from cpd.courses import hooks, pages, queries
from cpd.courses.changes.queries import find_course_update
from cpd.courses.changes.views import render_newest_section
from cpd.courses.hooks import PracticeCard, PracticeDisplay
from cpd.courses.models import Enrolment
from cpd.courses.offline_copy import build_offline_copy
from cpd.courses.pages import bp
from cpd.courses.queries import Course
from cpd.courses.reading import actions
from cpd.courses.reading.forms import ActiveMinuteForm, PlaceForm, ReadAgainForm
from cpd.courses.reading.queries import (
    build_reading_place,
    find_course_progress,
    find_last_active_instant,
    find_reading_progress,
)
from cpd.courses.reading.whole_course import render_whole_course
from cpd.courses.rules.active_time import IDLE_LIMIT, is_minute_active
from cpd.courses.rules.addresses import CourseAddress
from cpd.courses.rules.outline import Part, SectionPart
from cpd.courses.rules.reading import Place, Progress, SectionProgress
from cpd.courses.sources import Sources
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.web.forms import NoFields

BLOCK_NUMBER = re.compile(r"[0-9]{1,3}")
"""How many blocks below a heading, as the page's script sends it."""
SECONDS = re.compile(r"[0-9]{1,5}")
"""How long a reader has been idle, as the page's script sends it."""
TOP_HEADING = 2
"""The level of the headings that the contents of a section list."""


# Sections


@bp.get("/courses/<course:address>/sections/<string:section>")
@public
def section(address: CourseAddress, section: str) -> ResponseReturnValue:
    """Show a section; the first one is open to anyone."""
    course = pages.requested_course_version_or_404(address)
    part = course.outline.section(section) or abort(404)
    is_first = part is course.outline.sections[0]
    if not is_first and (refusal := pages.render_page_if_closed(course)) is not None:
        return refusal
    if course.is_newer_than_enrolled:
        return render_newest_section(course, part)
    return _render_section_page(course, part)


def _render_section_page(course: Course, part: SectionPart) -> str:
    session, sources = db.session(), Sources(course)
    text = sources.render_cached_html(
        part.public_id, lambda: queries.find_html_of_part(session, part)
    )
    progress = find_reading_progress(session, course)
    opening = _find_opening_case(course, part, progress)
    opening_html = sources.render_html(opening.card.html) if opening else None
    cards = _render_practice_cases(course, part, sources)
    left_off = _requested_resume_place(course, part)
    if left_off:
        here = get_template_attribute("courses/parts.html", "you_were_here")
        text = insert_below_heading(text, left_off.anchor, here(left_off))
    headings = part.front.headings
    again = request.args.get("again", "") if course.enrolment else None
    return render_template(
        "courses/section.html",
        course=course,
        is_read_only=pages.is_read_only(course),
        may_study=current_actor().may(Permission.COURSE_STUDY),
        section=part,
        update=find_course_update(session, course),
        text=text,
        opening=opening,
        opening_html=opening_html,
        cards=cards,
        open_cards=sum(not card.is_done for card, _ in cards),
        contents=tuple(
            (heading.anchor, heading.text) for heading in headings if heading.level == TOP_HEADING
        ),
        progress=progress,
        all_sections=tuple(
            (one.section.slug, one.section.title, _sign_of_section(course, one))
            for one in progress.sections
        ),
        time=build_reading_time(part.words),
        sources=sources.cited_sources,
        left_off=left_off,
        idle_limit=int(IDLE_LIMIT.total_seconds()),
        again=next((heading for heading in headings if heading.anchor == again), None),
        next_step=_find_next_step_after_practice(course),
        copy=build_offline_copy(course),
    )


def _find_opening_case(
    course: Course, part: SectionPart, progress: Progress
) -> hooks.OpeningCase | None:
    """Return the practice case with which a section opens until it is finished."""
    if course.enrolment is None or "again" in request.args:
        return None
    if progress.section(part.slug).is_finished:
        return None
    return hooks.opening_case(db.session(), current_actor(), course.enrolment, part)


def _sign_of_section(course: Course, one: SectionProgress) -> str:
    """Return the icon of a section in the list of all; empty if it is open and not finished."""
    if one.is_finished:
        return "done"
    is_first = one.section is course.outline.sections[0]
    return "" if course.enrolment or pages.is_read_only(course) or is_first else "lock"


def _find_next_step_after_practice(course: Course) -> hooks.Link | None:
    """Return what comes next after a failed attempt, if a practice case was just decided."""
    if course.enrolment is None or "decided" not in request.args:
        return None
    return hooks.next_exam_step(db.session(), course.enrolment)


def _render_practice_cases(
    course: Course, part: SectionPart, sources: Sources
) -> list[tuple[PracticeCard, Markup]]:
    """Return the practice cases of a section, each with its HTML.

    A case that is still open contains the reader's form, so its HTML is not cached. Someone who
    works here reads how each case begins.
    """
    if pages.is_read_only(course):
        cards = hooks.practice_to_read(db.session(), course.revision).get(part.slug, ())
        return [(card, sources.render_html(card.html)) for card in cards]
    display = PracticeDisplay(
        restarted=request.args.get("again-case"),
        unanswered=request.args.get("missing"),
        signers=course.signers,
    )
    cards = hooks.section_practice(
        db.session(), current_actor(), course.enrolment, part, course.revision, display
    )
    return [(card, _render_practice_card(sources, card)) for card in cards]


def _render_practice_card(sources: Sources, card: PracticeCard) -> Markup:
    if card.is_done:
        return sources.render_cached_html(card.html, lambda: card.html)
    return sources.render_html(card.html)


def _requested_resume_place(course: Course, part: Part) -> Place | None:
    """Return the line to resume at, if a link to continue reading led here."""
    if course.enrolment is None or "resume" not in request.args:
        return None
    place = build_reading_place(course.enrolment)
    return place if place and place.section == part.slug else None


@bp.post("/courses/<course:address>/sections/<string:section>/place")
@requires(Permission.COURSE_STUDY)
def save_reading_place(address: CourseAddress, section: str) -> ResponseReturnValue:
    """Store the line that someone is reading; the page's script sends it."""
    course, enrolment, part = _own_section_or_404(address, section)
    form = PlaceForm.from_request()
    anchor, block = form.anchor.data, form.block.data
    cases = {f"case-{case.slug}" for case in course.outline.practice[part.slug]}
    if anchor not in {"", *part.front.anchors, *cases} or not BLOCK_NUMBER.fullmatch(block):
        abort(404)
    place = Place(part.slug, anchor, int(block), clock.now())
    if place.is_worth_storing(build_reading_place(enrolment)):
        with unit_of_work() as session:
            actions.save_reading_place(session, enrolment, place)
    return Response(status=204, mimetype="text/plain")


@bp.post("/courses/<course:address>/sections/<string:section>/active")
@requires(Permission.COURSE_STUDY)
def count_active_minute(address: CourseAddress, section: str) -> ResponseReturnValue:
    """Count a minute in which someone was reading; the page's script sends one a minute."""
    _, enrolment, part = _own_section_or_404(address, section)
    seconds = ActiveMinuteForm.from_request().idle.data
    if not SECONDS.fullmatch(seconds):
        abort(404)
    idle, now = timedelta(seconds=int(seconds)), clock.now()
    since = find_last_active_instant(db.session(), enrolment)
    if is_minute_active(now, since=since, idle=idle):
        with unit_of_work() as session:
            actions.count_active_minute(session, enrolment, part.document_id, idle=idle, now=now)
    return Response(status=204, mimetype="text/plain")


@bp.post("/courses/<course:address>/sections/<string:section>/done")
@requires(Permission.COURSE_STUDY)
def finish_section(address: CourseAddress, section: str) -> ResponseReturnValue:
    """Record that a section was read, and continue with the next."""
    NoFields.from_request()
    course, enrolment, part = _own_section_or_404(address, section)
    with unit_of_work() as session:
        revision = queries.find_revision_of_part(session, part)
        actions.finish_section(session, enrolment, revision, now=clock.now())
    left = find_course_progress(db.session(), course).section(section).unfinished_practice_cases
    if left:
        words = ngettext(
            "“%(title)s” is marked as read. One practice case in it is still open; decide "
            "it whenever you like before the exam.",
            "“%(title)s” is marked as read. %(num)s practice cases in it are still open; "
            "decide them whenever you like before the exam.",
            len(left),
            title=part.title,
        )
        flash(mark_texts_within(words, [part.title]), "info")
    after = course.outline.section_after(part)
    if after is None:
        return redirect(url_for(".course", address=address, _anchor="exam"), 303)
    return redirect(url_for(".section", address=address, section=after.slug), 303)


@bp.post("/courses/<course:address>/sections/<string:section>/read-again")
@requires(Permission.COURSE_STUDY)
def record_passage_reread(address: CourseAddress, section: str) -> ResponseReturnValue:
    """Record that a passage was read again after an attempt, and go on to the next step."""
    passage = ReadAgainForm.from_request().passage.data
    _, enrolment, _ = _own_section_or_404(address, section)
    try:
        with unit_of_work() as session:
            actions.record_passage_reread(session, enrolment, section, passage, clock.now())
    except actions.NoSuchPassageError:
        abort(404)
    step = hooks.next_exam_step(db.session(), enrolment)
    return redirect(step.url if step else url_for(".course", address=address, _anchor="exam"), 303)


def _own_section_or_404(
    address: CourseAddress, section: str
) -> tuple[Course, Enrolment, SectionPart]:
    """Return the reader's own course and a section of it; 404 without an enrollment."""
    course = pages.course_or_404(address)
    part = course.outline.section(section) or abort(404)
    return course, course.enrolment or abort(404), part


# The whole course


@bp.get("/courses/<course:address>/whole")
@public
def whole_course(address: CourseAddress) -> ResponseReturnValue:
    """Show everything that may be read of a course on one page, to those who take it or work here.

    With `?kept` it is the copy that a phone keeps: it says when it was made, and holds no form and
    nothing about a person, because anyone who holds the phone can read it.
    """
    course = pages.course_or_404(address)
    if (refusal := pages.render_page_if_closed(course)) is not None:
        return refusal
    is_kept = "kept" in request.args
    return render_template(
        "courses/whole.html",
        course=course,
        copy=build_offline_copy(course),
        kept_on=clock.now() if is_kept else None,
        text=render_whole_course(course, is_kept=is_kept),
    )


@bp.get("/kept")
@public
def kept_copies() -> ResponseReturnValue:
    """Show what this device keeps of courses; without a network, the kept copy of this page does.

    Like the copies of courses, it is the same for everybody who holds the device.
    """
    return render_template("courses/kept.html")
