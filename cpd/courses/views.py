"""Pages of courses: home, catalogue, course, section, safety topic, practice sheet, sources."""

import re
from dataclasses import dataclass
from typing import cast

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    flash,
    get_template_attribute,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from cpd.access.guard import SIGN_IN, current_actor, public, requires
from cpd.access.permissions import Permission
from cpd.content.document import CrossLink
from cpd.content.measure import minutes
from cpd.content.serve import below_heading, deeper
from cpd.courses import actions, hooks, keeping, queries
from cpd.courses import disclosure as telling
from cpd.courses.hooks import PracticeCard
from cpd.courses.models import Enrolment
from cpd.courses.queries import Course, Shelf
from cpd.courses.rules import citing, reading
from cpd.courses.rules.exam import ExamRule
from cpd.courses.rules.outline import Part, is_open
from cpd.courses.rules.reading import Missing, Place, Progress
from cpd.courses.sources import Sources
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.web.navigation import NavItem, add_links
from cpd.web.reading import one, only
from cpd.web.static import FOR_GOOD

bp = Blueprint("courses", __name__, template_folder="templates")

BLOCK = re.compile(r"[0-9]{1,3}")
"""How a block below a heading is counted."""
TOP_HEADING = 2
"""The level of the headings that the contents of a section list."""


@bp.record_once
def _join(state: BlueprintSetupState) -> None:
    cast("Flask", state.app).jinja_env.globals["MOST_KEPT"] = keeping.MOST_BYTES
    add_links(
        cast("Flask", state.app),
        NavItem(_l("Courses"), "courses.catalogue", order=10, covers=("courses", "quizzes")),
    )


@bp.app_template_filter()
def reading_minutes(words: int) -> int:
    """Return the minutes that so many words take to read."""
    return minutes(words).minutes


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
        open_sheets=[
            (of, tool) for of in shelf.courses for tool in of.outline.tools if is_open(tool)
        ],
        open_case=hooks.open_case_card(session, [one.revision for one in shelf.courses]),
    )


@bp.get("/courses")
@public
def catalogue() -> ResponseReturnValue:
    """Show the courses there are, some on each page."""
    page = request.args.get("page", default=1, type=int)
    shelf = queries.catalogue(db.session(), current_actor(), page=page) or abort(404)
    return _unless_known(
        render_template("courses/catalogue.html", shelf=shelf, cards=_cards(shelf))
    )


@bp.get("/courses/<string:slug>")
@public
def course(slug: str) -> ResponseReturnValue:
    """Show what a course is, who wrote it, what it asks, and the way in."""
    return _unless_known(_course_page(_course(slug)))


def _course_page(of: Course) -> str:
    session, actor = db.session(), current_actor()
    missing = queries.missing_for_credit(session, [of])[of.revision.id]
    lines = telling.disclosure(of, missing, current_app.config["CPD"])
    kept = queries.disclosure_of(session, of.enrolment) if of.enrolment else None
    return render_template(
        "courses/course.html",
        course=of,
        about=Sources(of.outline, of.ledger).fill(of.revision.html),
        progress=queries.progress(session, of),
        missing=missing,
        missing_told=telling.missing_told(missing),
        credit=reading.reading_credit(of.outline),
        time_sum=telling.time_sum,
        word_rule=telling.word_rule(of.outline, missing),
        words_rule=reading.WORDS_RULE,
        rule=ExamRule.from_front(of.outline.exam.front),
        disclosure=telling.lines_of(kept, of.outline) if kept else lines,
        shown=actions.disclosure_hash(telling.as_text(lines)),
        is_signed_in=actor.is_signed_in,
        may_study=actor.may(Permission.COURSE_STUDY),
        sign_in=url_for(SIGN_IN, next=url_for(".course", slug=of.slug)),
        exam_panel=hooks.exam_panel(session, actor, of.enrolment, of.revision),
    )


@bp.post("/courses/<string:slug>/enrolment")
@requires(Permission.COURSE_STUDY)
def enrol(slug: str) -> ResponseReturnValue:
    """Begin a course, keeping what was shown; a disclosure that changed is shown again first."""
    only(request.form, {"version", "shown"})
    of = _course(slug)
    version, shown = one(request.form, "version"), one(request.form, "shown")
    if of.enrolment is None:
        missing = queries.missing_for_credit(db.session(), [of])[of.revision.id]
        text = telling.as_text(telling.disclosure(of, missing, current_app.config["CPD"]))
        if shown != actions.disclosure_hash(text):
            return _changed(of), 409
        try:
            with unit_of_work() as session:
                actions.enrol(
                    session,
                    slug,
                    actor=current_actor(),
                    now=clock.now(),
                    disclosure_text=text,
                    shown=version,
                )
        except actions.CourseChangedError:
            return _changed(_course(slug)), 409
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


@bp.get("/courses/<string:slug>/sections/<string:section>")
@public
def section(slug: str, section: str) -> ResponseReturnValue:
    """Show a section to be read; the first one to anybody."""
    of = _course(slug)
    part = of.outline.section(section) or abort(404)
    if part is not of.outline.sections[0] and (turned := _turned_away(of)) is not None:
        return turned
    session, actor = db.session(), current_actor()
    sources = Sources(of.outline, of.ledger)
    text = sources.filled(part.public_id, lambda: queries.revision_of(session, part).html)
    cards = [
        (card, _drawn(sources, card))
        for card in hooks.section_practice(session, actor, of.enrolment, part, of.revision)
    ]
    headings = part.front["headings"]
    anchor = request.args.get("again", "")
    left_off = _left_off(of, part)
    if left_off:
        here = get_template_attribute("courses/parts.html", "you_were_here")
        text = below_heading(text, left_off.anchor, here(left_off))
    return render_template(
        "courses/section.html",
        course=of,
        section=part,
        text=text,
        cards=cards,
        open_cards=sum(not card.is_done for card, _ in cards),
        contents=[heading for heading in headings if heading["level"] == TOP_HEADING],
        progress=queries.reading_progress(session, of),
        time=minutes(part.words),
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


@bp.post("/courses/<string:slug>/sections/<string:section>/place")
@requires(Permission.COURSE_STUDY)
def note_place(slug: str, section: str) -> ResponseReturnValue:
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


@bp.post("/courses/<string:slug>/sections/<string:section>/done")
@requires(Permission.COURSE_STUDY)
def finish_section(slug: str, section: str) -> ResponseReturnValue:
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


@bp.post("/courses/<string:slug>/sections/<string:section>/read-again")
@requires(Permission.COURSE_STUDY)
def read_again(slug: str, section: str) -> ResponseReturnValue:
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


@bp.get("/courses/<string:slug>/whole")
@public
def whole(slug: str) -> ResponseReturnValue:
    """Show everything that may be read of a course on one page, to who takes it.

    With `?kept` it is the copy that a phone keeps: it says when it was made, and holds no form and
    nothing of a person, because whoever holds the phone can read it.
    """
    of = _course(slug)
    if (turned := _turned_away(of)) is not None:
        return turned
    outline, session = of.outline, db.session()
    stored = queries.texts_of(session, (*outline.sections, *outline.hazards, *outline.tools))
    cases = hooks.practice_to_read(session, of.revision)
    sources = Sources(outline, of.ledger, address=_on_one_page)

    def text(part: Part, kind: str) -> Markup:
        return sources.fill(deeper(stored[part.revision_id], f"{kind}-{part.slug}"))

    return render_template(
        "courses/whole.html",
        course=of,
        copy=keeping.copy_of(of),
        kept_on=clock.now() if "kept" in request.args else None,
        about=sources.fill(deeper(of.revision.html, "course")),
        sections=[
            (
                part,
                text(part, "section"),
                [(card, sources.fill(card.html)) for card in cases.get(part.slug, ())],
            )
            for part in outline.sections
        ],
        hazards=[
            (part, text(part, "hazard"), [sources.source(key) for key in part.front["references"]])
            for part in outline.hazards
        ],
        tools=[(part, text(part, "tool")) for part in outline.tools],
        terms=_terms(outline.glossary),
        sources=sources.listed,
    )


def _on_one_page(link: CrossLink) -> str:
    """Say where a course link leads when the whole course is one page."""
    return f"#{link.type}-{link.slug}" + (f"--{link.anchor}" if link.anchor else "")


def _terms(glossary: Part | None) -> list[dict[str, str]]:
    """Return the terms of a glossary in the order of the alphabet."""
    terms: list[dict[str, str]] = glossary.front["terms"] if glossary else []
    return sorted(terms, key=lambda term: term["term"].casefold())


# Beside the text


@bp.get("/courses/<string:slug>/safety/<string:hazard>")
@public
def hazard(slug: str, hazard: str) -> ResponseReturnValue:
    """Show the card of a safety topic, to anybody."""
    of = _course(slug)
    part = of.outline.hazard(hazard) or abort(404)
    revision = queries.revision_of(db.session(), part)
    sources = Sources(of.outline, of.ledger)
    name, _, anchor = part.front["passage"].removeprefix("section:").partition("#")
    body = sources.fill(revision.html)
    for key in part.front["references"]:
        sources.source(key)
    return render_template(
        "courses/hazard.html",
        course=of,
        card=part,
        body=body,
        sources=sources.listed,
        copy=keeping.copy_of(of),
        passage=of.outline.section(name),
        anchor=anchor,
        signed_by=of.ledger.signer(f"hazard:{part.slug}", revision.content_hash)
        or part.front["signed_by"],
    )


@bp.get("/courses/<string:slug>/tools/<string:tool>")
@public
def tool(slug: str, tool: str) -> ResponseReturnValue:
    """Show a practice sheet, to fill in and print: an open one to anybody, else to learners."""
    of = _course(slug)
    part = of.outline.tool(tool) or abort(404)
    if not is_open(part) and (turned := _turned_away(of)) is not None:
        return turned
    sources = Sources(of.outline, of.ledger)
    body = sources.fill(queries.revision_of(db.session(), part).html)
    return render_template(
        "courses/tool.html",
        course=of,
        tool=part,
        body=body,
        is_filled_in='class="blank"' in body,
        sources=sources.listed,
        copy=keeping.copy_of(of),
    )


@bp.get("/courses/<string:slug>/references")
@public
def references(slug: str) -> ResponseReturnValue:
    """Show every source of a course with what is known of it, to anybody."""
    of = _course(slug)
    return _unless_known(
        render_template(
            "courses/references.html",
            course=of,
            sources=Sources(of.outline, of.ledger).all,
            uses=citing.uses(of.outline),
        )
    )


@bp.get("/courses/<string:slug>/glossary")
@public
def glossary(slug: str) -> ResponseReturnValue:
    """Show the words of a course and where each is explained, to anybody."""
    of = _course(slug)
    part = of.outline.glossary or abort(404)
    sources = Sources(of.outline, of.ledger)
    return _unless_known(
        render_template(
            "courses/glossary.html",
            course=of,
            glossary=part,
            body=sources.fill(queries.revision_of(db.session(), part).html),
            terms=_terms(part),
            explained_at=of.outline.course.front["explained_at"],
            sources=sources.listed,
            copy=keeping.copy_of(of),
        )
    )


@bp.get("/courses/<string:slug>/corrections")
@public
def corrections(slug: str) -> ResponseReturnValue:
    """Show what the course corrected in its source, and where, to anybody."""
    of = _course(slug)
    sources = Sources(of.outline, of.ledger)
    gathered = [
        (kind, part, [(box["anchor"], sources.fill(box["html"])) for box in boxes])
        for kind, parts in (
            ("section", of.outline.sections),
            ("hazard", of.outline.hazards),
            ("tool", of.outline.tools),
        )
        for part in parts
        if (boxes := part.front.get("corrected"))
    ]
    return _unless_known(
        render_template(
            "courses/corrections.html", course=of, gathered=gathered, sources=sources.listed
        )
    )


@bp.get("/courses/<string:slug>/figures/<string:figure>.svg")
@public
def figure(slug: str, figure: str) -> ResponseReturnValue:
    """Send a picture to anybody; for good where the address names the version that is sent."""
    part = _course(slug).outline.figure(figure) or abort(404)
    svg = queries.revision_of(db.session(), part).front["svg"]
    response = Response(svg, mimetype="image/svg+xml")
    response.set_etag(part.public_id)
    is_named = request.args.get("v") == part.public_id
    response.headers["Cache-Control"] = FOR_GOOD if is_named else "private, no-cache"
    return response.make_conditional(request)


# What the pages share


def _course(slug: str) -> Course:
    return queries.course(db.session(), current_actor(), slug) or abort(404)


def _section_of_mine(slug: str, section: str) -> tuple[Course, Enrolment, Part]:
    """Return the reader's own course and a section of it; without an enrolment there is none."""
    of = _course(slug)
    part = of.outline.section(section) or abort(404)
    return of, of.enrolment or abort(404), part


def _turned_away(of: Course) -> ResponseReturnValue | None:
    """Send visitors to sign in, and who has not begun the course to its page, with a sentence."""
    actor = current_actor()
    if not actor.is_signed_in:
        return redirect(url_for(SIGN_IN, next=request.path))
    if not actor.may(Permission.COURSE_STUDY):
        abort(403)
    if of.enrolment is None:
        flash(gettext("Start the course first; then all of it is open to you."), "info")
        return redirect(url_for(".course", slug=of.slug))
    return None


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


def _unless_known(page: str) -> ResponseReturnValue:
    """Answer 304 to a visitor whose browser has this very page; other people's are never stored."""
    response: Response = make_response(page)
    if current_actor().is_signed_in:
        return response
    response.add_etag()
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.update(("Cookie", "Accept-Language"))
    return response.make_conditional(request)
