"""Reading aids: safety topics, sheets, sources, glossary, corrections, figures; all on one page."""

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from cpd.access.guard import public
from cpd.content.document import CrossLink
from cpd.content.placeholders import nest_under_part
from cpd.courses import changes, hooks, keeping, pages, queries
from cpd.courses.pages import bp
from cpd.courses.rules import citing
from cpd.courses.rules.addresses import CourseAddress
from cpd.courses.rules.outline import Part, is_open
from cpd.courses.sources import Sources
from cpd.db import db
from cpd.kernel import clock
from cpd.web.static import FOR_GOOD


@bp.get("/courses/<course:slug>/safety/<string:hazard>")
@public
def hazard(slug: CourseAddress, hazard: str) -> ResponseReturnValue:
    """Show the card of a safety topic, to anybody."""
    of = pages.shown(slug)
    part = of.outline.hazard(hazard) or abort(404)
    newer = changes.update_of(db.session(), of)
    sources = Sources(of)
    name, _, anchor = part.front["passage"].removeprefix("section:").partition("#")
    body = sources.fill(queries.text_of(db.session(), part))
    for key in part.front["references"]:
        sources.source(key)
    return render_template(
        "courses/hazard.html",
        course=of,
        card=part,
        newer=newer if newer and part.slug in newer.cards else None,
        body=body,
        sources=sources.listed,
        copy=keeping.copy_of(of),
        passage=of.outline.section(name),
        anchor=anchor,
        signed_by=of.ledger.signer(f"hazard:{part.slug}", part.content_hash)
        or part.front["signed_by"],
    )


@bp.get("/courses/<course:slug>/tools/<string:tool>")
@public
def tool(slug: CourseAddress, tool: str) -> ResponseReturnValue:
    """Show a practice sheet, to fill in and print: an open one to anybody, else to learners."""
    of = pages.shown(slug)
    part = of.outline.tool(tool) or abort(404)
    if not is_open(part) and (turned := pages.turned_away(of)) is not None:
        return turned
    sources = Sources(of)
    body = sources.fill(queries.text_of(db.session(), part))
    return render_template(
        "courses/tool.html",
        course=of,
        tool=part,
        body=body,
        is_filled_in='class="blank"' in body,
        sources=sources.listed,
        copy=keeping.copy_of(of),
    )


@bp.get("/courses/<course:slug>/references")
@public
def references(slug: CourseAddress) -> ResponseReturnValue:
    """Show every source of a course with what is known of it, to anybody."""
    of = pages.course(slug)
    return pages.unless_known(
        render_template(
            "courses/references.html",
            course=of,
            sources=Sources(of).all,
            uses=citing.uses(of.outline),
        )
    )


@bp.get("/courses/<course:slug>/glossary")
@public
def glossary(slug: CourseAddress) -> ResponseReturnValue:
    """Show the words of a course and where each is explained, to anybody."""
    of = pages.shown(slug)
    part = of.outline.glossary or abort(404)
    sources = Sources(of)
    return pages.unless_known(
        render_template(
            "courses/glossary.html",
            course=of,
            glossary=part,
            body=sources.fill(queries.text_of(db.session(), part)),
            terms=_terms(part),
            explained_at=of.outline.course.front["explained_at"],
            sources=sources.listed,
            copy=keeping.copy_of(of),
        )
    )


@bp.get("/courses/<course:slug>/corrections")
@public
def corrections(slug: CourseAddress) -> ResponseReturnValue:
    """Show what the course corrected in its source, and where, to anybody."""
    of = pages.course(slug)
    sources = Sources(of)
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
    return pages.unless_known(
        render_template(
            "courses/corrections.html", course=of, gathered=gathered, sources=sources.listed
        )
    )


@bp.get("/courses/<course:slug>/figures/<string:figure>.svg")
@public
def figure(slug: CourseAddress, figure: str) -> ResponseReturnValue:
    """Send a picture to anybody; for good where the address names the version that is sent."""
    part = pages.shown(slug).outline.figure(figure) or abort(404)
    svg = queries.revision_of(db.session(), part).front["svg"]
    response = Response(svg, mimetype="image/svg+xml")
    response.set_etag(part.public_id)
    is_named = request.args.get("v") == part.public_id
    response.headers["Cache-Control"] = FOR_GOOD if is_named else "private, no-cache"
    return response.make_conditional(request)


# The whole course


@bp.get("/courses/<course:slug>/whole")
@public
def whole(slug: CourseAddress) -> ResponseReturnValue:
    """Show everything that may be read of a course on one page, to those who take it.

    With `?kept` it is the copy that a phone keeps: it says when it was made, and holds no form and
    nothing of a person, because whoever holds the phone can read it.
    """
    of = pages.course(slug)
    if (turned := pages.turned_away(of)) is not None:
        return turned
    outline, session = of.outline, db.session()
    stored = queries.texts_of(session, (*outline.sections, *outline.hazards, *outline.tools))
    cases = hooks.practice_to_read(session, of.revision)
    sources = Sources(of, address=_on_one_page)

    def text(part: Part, kind: str) -> Markup:
        return sources.fill(nest_under_part(stored[part.revision_id], f"{kind}-{part.slug}"))

    return render_template(
        "courses/whole.html",
        course=of,
        copy=keeping.copy_of(of),
        kept_on=clock.now() if "kept" in request.args else None,
        about=sources.fill(nest_under_part(outline.course.html, "course")),
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
