"""Pages beside the sections: safety cards, sheets, sources, glossary, corrections, figures."""

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from cpd.access.guard import public
from cpd.courses import pages, queries
from cpd.courses.changes.queries import find_course_update
from cpd.courses.offline_copy import build_offline_copy
from cpd.courses.pages import bp
from cpd.courses.rules.addresses import CourseAddress
from cpd.courses.rules.fronts.parts import FigureFront
from cpd.courses.rules.outline import HazardPart, SectionPart, ToolPart
from cpd.courses.rules.source_uses import build_source_uses
from cpd.courses.rules.table_search import search_tables
from cpd.courses.sources import Sources, render_part_page
from cpd.db import db
from cpd.web.static import CACHE_FOREVER


@bp.get("/courses/<course:address>/safety/<string:hazard>")
@public
def hazard(address: CourseAddress, hazard: str) -> ResponseReturnValue:
    """Show the card of a safety topic, to anyone."""
    course = pages.requested_course_version_or_404(address)
    card = course.outline.hazard(hazard) or abort(404)
    newer = find_course_update(db.session(), course)
    return render_part_page(
        "courses/hazard.html",
        course,
        card,
        also_cited=card.front.references,
        card=card,
        newer=newer if newer and card.slug in newer.hazard_changes_by_slug else None,
        copy=build_offline_copy(course),
        passage=course.outline.section(card.front.passage_section_slug),
        signed_by=course.ledger.signer(f"hazard:{card.slug}", card.content_hash)
        or card.front.signed_by,
    )


@bp.get("/courses/<course:address>/tools/<string:tool>")
@public
def tool(address: CourseAddress, tool: str) -> ResponseReturnValue:
    """Show a practice sheet, to fill in, search and print: an open one to anyone, or to readers."""
    course = pages.requested_course_version_or_404(address)
    sheet = course.outline.tool(tool) or abort(404)
    if not sheet.front.is_open and (refusal := pages.render_page_if_closed(course)) is not None:
        return refusal
    sources, html = Sources(course), queries.find_html_of_part(db.session(), sheet)
    search = (
        search_tables(html, request.args.get("find", "")) if sheet.front.is_searchable else None
    )
    return render_template(
        "courses/tool.html",
        course=course,
        tool=sheet,
        search=search,
        body=sources.render_html(search.html if search else html),
        sources=sources.cited_sources,
        copy=build_offline_copy(course),
    )


@bp.get("/courses/<course:address>/references")
@public
def references(address: CourseAddress) -> ResponseReturnValue:
    """Show every source of a course with what is known about it, to anyone."""
    course = pages.course_or_404(address)
    if not course.outline.references:
        abort(404, gettext("This course lists no sources."))
    return pages.make_cacheable_response(
        render_template(
            "courses/references.html",
            course=course,
            sources=Sources(course).all_by_author,
            uses=build_source_uses(course.outline),
        )
    )


@bp.get("/courses/<course:address>/glossary")
@public
def glossary(address: CourseAddress) -> ResponseReturnValue:
    """Show the words of a course and where each is explained, to anyone."""
    course = pages.requested_course_version_or_404(address)
    part = course.outline.glossary or abort(404, gettext("This course has no glossary."))
    return pages.make_cacheable_response(
        render_part_page(
            "courses/glossary.html",
            course,
            part,
            glossary=part,
            explained_at=course.outline.course.front.explained_at,
            copy=build_offline_copy(course),
        )
    )


@bp.get("/courses/<course:address>/corrections")
@public
def corrections(address: CourseAddress) -> ResponseReturnValue:
    """Show what the course corrected in its source, and where, to anyone."""
    course = pages.course_or_404(address)
    outline, sources = course.outline, Sources(course)
    if not outline.has_corrections:
        abort(404, gettext("This course does not mark anything as corrected."))
    parts: tuple[tuple[str, SectionPart | HazardPart | ToolPart], ...] = (
        *(("section", part) for part in outline.sections),
        *(("hazard", part) for part in outline.hazards),
        *(("tool", part) for part in outline.tools),
    )
    gathered = [
        (kind, part, [(box.anchor, sources.render_html(box.html)) for box in part.front.corrected])
        for kind, part in parts
        if part.front.corrected
    ]
    return pages.make_cacheable_response(
        render_template(
            "courses/corrections.html",
            course=course,
            gathered=gathered,
            sources=sources.cited_sources,
        )
    )


@bp.get("/courses/<course:address>/figures/<string:figure>.svg")
@public
def figure(address: CourseAddress, figure: str) -> ResponseReturnValue:
    """Send a picture to anyone; browsers keep it forever if the URL names its version."""
    part = pages.requested_course_version_or_404(address).outline.figure(figure) or abort(404)
    stored = queries.find_revision_of_part(db.session(), part).front
    response = Response(FigureFront.from_json(stored).svg, mimetype="image/svg+xml")
    response.set_etag(part.public_id)
    is_named = request.args.get("v") == part.public_id
    response.headers["Cache-Control"] = CACHE_FOREVER if is_named else "private, no-cache"
    return response.make_conditional(request)
