"""The text of a whole course as one page shows it, from a cache if it is there."""

from collections.abc import Hashable

from flask import get_template_attribute
from markupsafe import Markup, escape

from cpd.content.document import CrossLink
from cpd.content.placeholders import nest_html_under_part
from cpd.courses import hooks, queries
from cpd.courses.queries import Course
from cpd.courses.rules.outline import Part
from cpd.courses.sources import Sources
from cpd.db import db
from cpd.kernel.memory import LruCache

_texts: LruCache[tuple[Hashable, ...], Markup] = LruCache(8)
"""Few, because each is as large as a course."""


def render_whole_course(course: Course, *, is_kept: bool, has_pages: bool = True) -> Markup:
    """Return everything that may be read of a course; the same for all who take this version.

    For those who only read it, nothing leads to a case to decide. In the copy that a device keeps,
    nothing leads to what needs the site. Without `has_pages`, nothing leads to the pages of the
    course, because its reader may not open them.
    """
    sources = Sources(course, link_target=_anchor_of)
    may_decide = course.enrolment is not None and not is_kept
    key = (*sources.cache_key, is_kept, may_decide, has_pages)
    cached = _texts.get(key)
    if cached is None:
        text = _render(course, sources, is_kept=is_kept, may_decide=may_decide, has_pages=has_pages)
        cached = _texts.put(key, text)
    return cached


def _render(
    course: Course, sources: Sources, *, is_kept: bool, may_decide: bool, has_pages: bool
) -> Markup:
    outline, session = course.outline, db.session()
    stored = queries.find_html_of_parts(
        session, (*outline.sections, *outline.hazards, *outline.tools)
    )
    cases = hooks.practice_to_read(session, course.revision)

    def render_part(part: Part, kind: str) -> Markup:
        return sources.render_html(
            nest_html_under_part(stored[part.revision_id], f"{kind}-{part.slug}")
        )

    about = sources.render_html(nest_html_under_part(outline.course.html, "course"))
    sections = [
        (
            part,
            render_part(part, "section"),
            [(card, sources.render_html(card.html)) for card in cases.get(part.slug, ())],
        )
        for part in outline.sections
    ]
    hazards = [
        (
            part,
            render_part(part, "hazard"),
            [sources.number_source(key) for key in part.front.references],
        )
        for part in outline.hazards
    ]
    tools = [(part, render_part(part, "tool")) for part in outline.tools]
    macro = get_template_attribute("courses/whole_text.html", "whole_text")
    cited = sources.cited_sources
    return escape(
        macro(
            *(course, about, sections, hazards, tools, cited),
            *(is_kept, may_decide, has_pages),
        )
    )


def _anchor_of(link: CrossLink) -> str:
    """Return where a course link leads when the whole course is one page."""
    return f"#{link.type}-{link.slug}" + (f"--{link.anchor}" if link.anchor else "")
