"""Pages of courses: home, catalogue, course, section. What stands beside it is in aids_views."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from flask import (
    Flask,
    Response,
    abort,
    flash,
    get_template_attribute,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from markupsafe import Markup

from cpd.access.guard import SECOND_FACTOR, SIGN_IN, current_actor, public, requires
from cpd.access.permissions import Permission
from cpd.content.placeholders import insert_below_heading
from cpd.content.readability import reading_time
from cpd.courses import (
    actions,
    aids_views,  # noqa: F401 - its pages are on this blueprint too
    changes,
    changes_views,
    hooks,
    keeping,
    pages,
    queries,
)
from cpd.courses import disclosure as telling
from cpd.courses.hooks import Asked, PracticeCard
from cpd.courses.models import Enrolment
from cpd.courses.pages import bp
from cpd.courses.queries import Course, Shelf
from cpd.courses.rules import reading
from cpd.courses.rules.addresses import CourseAddress
from cpd.courses.rules.cards import SignGroup, signs_of
from cpd.courses.rules.exam import ExamRule
from cpd.courses.rules.outline import Part, is_open
from cpd.courses.rules.reading import Missing, Place, Progress
from cpd.courses.sources import Sources
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.provider import current
from cpd.web.reading import one, only

__all__ = ["bp"]

BLOCK = re.compile(r"[0-9]{1,3}")
"""How a block below a heading is counted."""
TOP_HEADING = 2
"""The level of the headings that the contents of a section list."""


@bp.record_once
def _join(state: BlueprintSetupState) -> None:
    cast("Flask", state.app).jinja_env.globals["MOST_KEPT"] = keeping.MOST_BYTES


@bp.app_template_filter()
def reading_minutes(words: int) -> int:
    """Return the minutes that so many words take to read."""
    return reading_time(words).minutes


@bp.app_template_filter()
def by_decision(front: Mapping[str, Any]) -> tuple[SignGroup, ...]:
    """Return the signs of a hazard card by decision, the most urgent first."""
    return signs_of(front)


@dataclass(frozen=True)
class Card:
    """A course in the catalogue."""

    course: Course
    missing: tuple[Missing, ...]
    progress: Progress

    @property
    def minutes(self) -> int:
        """Minutes of reading."""
        return reading.reading_credit(self.course.outline).time.minutes


# Finding a course


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    """Show the sentence, a case that anybody may decide, and the courses."""
    session = db.session()
    shelf = queries.catalogue(session, current_actor()) or abort(404)
    return render_template(
        "courses/home.html",
        shelf=shelf,
        cards=_cards(shelf),
        is_signed_in=current_actor().is_signed_in,
        set_up_codes=url_for(SECOND_FACTOR) if current_actor().roles_pending_mfa else "",
        open_sheets=[
            (of, tool) for of in shelf.courses for tool in of.outline.tools if is_open(tool)
        ],
        panels=[each for each in hooks.home_panels(session, current_actor()) if each],
        open_case=hooks.open_case_card(session, [one.revision for one in shelf.courses]),
    )


@bp.get("/courses")
@public
def catalogue() -> ResponseReturnValue:
    """Show the courses there are, some on each page."""
    page = request.args.get("page", default=1, type=int)
    shelf = queries.catalogue(db.session(), current_actor(), page=page) or abort(404)
    return pages.unless_known(
        render_template("courses/catalogue.html", shelf=shelf, cards=_cards(shelf))
    )


@bp.get("/courses/<course:slug>")
@public
def course(slug: CourseAddress) -> ResponseReturnValue:
    """Show what a course is, who wrote it, what it asks, and the way in."""
    return pages.unless_known(_course_page(pages.course(slug)))


def _course_page(of: Course) -> str:
    session, actor = db.session(), current_actor()
    missing = queries.missing_for_credit(session, [of])[of.revision.id]
    sources = Sources(of)
    kept = queries.disclosure_of(session, of.enrolment) if of.enrolment else ()
    lines = kept or telling.disclosure(of, missing, current.provider())
    return render_template(
        "courses/course.html",
        course=of,
        update=changes.update_of(session, of),
        about=sources.filled(of.revision.public_id, lambda: of.outline.course.html),
        progress=queries.progress(session, of),
        missing=missing,
        missing_told=telling.missing_told(missing),
        credit=reading.reading_credit(of.outline),
        time_sum=telling.time_sum,
        word_rule=telling.word_rule(of.outline, missing),
        words_rule=reading.WORDS_RULE,
        rule=ExamRule.from_front(of.outline.exam.front),
        safety=tuple((signs_of(one.front), one.slug, one.title) for one in of.outline.hazards),
        disclosure=lines,
        shown=None if kept else actions.disclosure_hash(lines),
        is_signed_in=actor.is_signed_in,
        may_study=actor.may(Permission.COURSE_STUDY),
        sign_in=url_for(SIGN_IN, next=url_for(".course", slug=of.address)),
        exam_panel=hooks.exam_panel(session, actor, of.enrolment, of.revision),
    )


@bp.post("/courses/<course:slug>/enrolment")
@requires(Permission.COURSE_STUDY)
def enrol(slug: CourseAddress) -> ResponseReturnValue:
    """Begin a course, keeping what was shown; a disclosure that changed is shown again first."""
    only(request.form, {"version", "shown"})
    of = pages.course(slug)
    version, shown = one(request.form, "version"), one(request.form, "shown")
    if of.enrolment is None:
        missing = queries.missing_for_credit(db.session(), [of])[of.revision.id]
        lines = telling.disclosure(of, missing, current.provider())
        if shown != actions.disclosure_hash(lines):
            return _changed(of), 409
        try:
            with unit_of_work() as session:
                actions.enrol(
                    session,
                    of.slug,
                    actor=current_actor(),
                    now=clock.now(),
                    disclosure=lines,
                    shown=version,
                )
        except actions.CourseChangedError:
            return _changed(pages.course(slug)), 409
    return redirect(url_for(".section", slug=slug, section=of.outline.sections[0].slug), 303)


def _changed(of: Course) -> str:
    flash(
        gettext(
            "What we tell about this course changed since you opened the page, so you have not "
            "started yet. Please read it once more, then start."
        ),
        "warn",
    )
    return _course_page(of)


# Reading


@bp.get("/courses/<course:slug>/sections/<string:section>")
@public
def section(slug: CourseAddress, section: str) -> ResponseReturnValue:
    """Show a section to be read; the first one to anybody."""
    of = pages.shown(slug)
    part = of.outline.section(section) or abort(404)
    if part is not of.outline.sections[0] and (turned := pages.turned_away(of)) is not None:
        return turned
    if of.is_ahead:
        return changes_views.newest_section(of, part)
    session, actor = db.session(), current_actor()
    sources = Sources(of)
    text = sources.filled(part.public_id, lambda: queries.text_of(session, part))
    asked = Asked(request.args.get("again-case"), request.args.get("missing"))
    cards = [
        (card, _drawn(sources, card))
        for card in hooks.section_practice(session, actor, of.enrolment, part, of.revision, asked)
    ]
    headings = part.front["headings"]
    anchor = request.args.get("again", "")
    left_off = _left_off(of, part)
    if left_off:
        here = get_template_attribute("courses/parts.html", "you_were_here")
        text = insert_below_heading(text, left_off.anchor, here(left_off))
    return render_template(
        "courses/section.html",
        course=of,
        section=part,
        update=changes.update_of(session, of),
        text=text,
        cards=cards,
        open_cards=sum(not card.is_done for card, _ in cards),
        contents=[heading for heading in headings if heading["level"] == TOP_HEADING],
        progress=queries.reading_progress(session, of),
        time=reading_time(part.words),
        sources=sources.listed,
        left_off=left_off,
        again=next((one for one in headings if of.enrolment and one["anchor"] == anchor), None),
        copy=keeping.copy_of(of),
    )


def _drawn(sources: Sources, card: PracticeCard) -> Markup:
    """Return a practice case as it is shown; one still open holds its reader's form."""
    if card.is_done:
        return sources.filled(card.html, lambda: card.html)
    return sources.fill(card.html)


def _left_off(of: Course, part: Part) -> Place | None:
    """Return the line at which the reader comes back, when a link to go on led here."""
    place = queries.place_of(of.enrolment) if of.enrolment and "resume" in request.args else None
    return place if place and place.section == part.slug else None


@bp.post("/courses/<course:slug>/sections/<string:section>/place")
@requires(Permission.COURSE_STUDY)
def note_place(slug: CourseAddress, section: str) -> ResponseReturnValue:
    """Keep the line at which somebody reads; what the page's script sends while they do."""
    only(request.form, {"anchor", "block"})
    of, enrolment, part = _section_of_mine(slug, section)
    anchor, block = one(request.form, "anchor"), one(request.form, "block")
    known = {heading["anchor"] for heading in part.front["headings"]} | {""}
    known |= {f"case-{case.slug}" for case in of.outline.practice[part.slug]}
    if anchor not in known or not BLOCK.fullmatch(block):
        abort(404)
    place = Place(part.slug, anchor, int(block), clock.now())
    if place.is_worth_noting(queries.place_of(enrolment)):
        with unit_of_work() as session:
            actions.note_place(session, enrolment, place)
    return Response(status=204, mimetype="text/plain")


@bp.post("/courses/<course:slug>/sections/<string:section>/done")
@requires(Permission.COURSE_STUDY)
def finish_section(slug: CourseAddress, section: str) -> ResponseReturnValue:
    """Keep that a section was read, and go on to the next."""
    only(request.form, ())
    of, enrolment, part = _section_of_mine(slug, section)
    with unit_of_work() as session:
        revision = queries.revision_of(session, part)
        actions.finish_section(session, enrolment, revision, now=clock.now())
    left = queries.progress(db.session(), of).of(section).practice_left
    if left:
        flash(
            ngettext(
                "“%(title)s” is kept as read. One practice case in it is still open; decide it "
                "whenever you like before the exam.",
                "“%(title)s” is kept as read. %(num)s practice cases in it are still open; decide "
                "them whenever you like before the exam.",
                len(left),
                title=part.title,
            ),
            "info",
        )
    after = of.outline.after(part)
    if after is None:
        return redirect(url_for(".course", slug=slug, _anchor="exam"), 303)
    return redirect(url_for(".section", slug=slug, section=after.slug), 303)


@bp.post("/courses/<course:slug>/sections/<string:section>/read-again")
@requires(Permission.COURSE_STUDY)
def read_again(slug: CourseAddress, section: str) -> ResponseReturnValue:
    """Keep that a passage was read again after a try."""
    only(request.form, {"passage"})
    passage = one(request.form, "passage")
    _, enrolment, _ = _section_of_mine(slug, section)
    try:
        with unit_of_work() as session:
            actions.read_again(session, enrolment, section, passage, clock.now())
    except actions.NoSuchPassageError:
        abort(404)
    return redirect(url_for(".course", slug=slug, _anchor="exam"), 303)


# What the pages share


def _section_of_mine(slug: CourseAddress, section: str) -> tuple[Course, Enrolment, Part]:
    """Return the reader's own course and a section of it; without an enrolment there is none."""
    of = pages.course(slug)
    part = of.outline.section(section) or abort(404)
    return of, of.enrolment or abort(404), part


def _cards(shelf: Shelf) -> list[Card]:
    session = db.session()
    missing = queries.missing_for_credit(session, shelf.courses)
    ended = queries.readings(session, [one.enrolment for one in shelf.courses if one.enrolment])
    return [
        Card(
            course=of,
            missing=missing[of.revision.id],
            progress=reading.progress(
                of.outline,
                ended[of.enrolment.id] if of.enrolment else {},
                place=queries.place_of(of.enrolment) if of.enrolment else None,
            ),
        )
        for of in shelf.courses
    ]
