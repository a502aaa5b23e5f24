"""The sources of one page: numbered in order of appearance, each with its current status."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import get_template_attribute, render_template, request, url_for
from markupsafe import Markup

from cpd.content.document import CrossLink
from cpd.content.languages import language_needs_mark, mark_html
from cpd.content.markup import trust_html
from cpd.content.placeholders import Address, PlaceholderFiller
from cpd.courses.queries import Course, find_html_of_part
from cpd.courses.rules.fronts.reference import ReferenceFront
from cpd.courses.rules.ledger import NOT_CHECKED, EvidenceStatus
from cpd.courses.rules.outline import Part
from cpd.db import db
from cpd.kernel.memory import LruCache
from cpd.web.country import current_country_key, fill_token_of_reader
from cpd.web.fragments import render_cached_fragment
from cpd.web.translate import current_request_language

PREFIX = "source"
"""The prefix of popover ids; no heading's id may begin with it."""

REVIEW_MARK_BUTTON = 'popovertarget="awaiting-review"'
"""What tells a page that it has a review mark."""


@dataclass(frozen=True)
class Source:
    """A cited source as a page lists it."""

    number: int
    reference: ReferenceFront
    status: EvidenceStatus


@dataclass(frozen=True, eq=False)
class SourceList:
    """The sources of a page; two lists are equal only if they are the same object.

    Templates cache what they make of a list, and comparing its sources would be slow.
    """

    sources: tuple[Source, ...]
    has_review_marks: bool = False
    """Whether the page has marks of texts that await review, and so must explain the mark."""

    def __iter__(self) -> Iterator[Source]:
        """Go through the sources."""
        return iter(self.sources)

    def __len__(self) -> int:
        """Count the sources."""
        return len(self.sources)


_pages: LruCache[tuple[Hashable, ...], tuple[Markup, tuple[str, ...]]] = LruCache(128)
"""Texts as pages show them, with the keys of the sources cited up to their end."""
_lists: LruCache[tuple[Hashable, ...], SourceList] = LruCache(128)


class Sources:
    """Makes the citations, course links and figures of a page, and lists its sources.

    Every piece of stored HTML on a page goes through the same object, to continue the numbering.
    """

    def __init__(self, course: Course, *, link_target: Address | None = None) -> None:
        """Take the references of a course version, and what the ledger says about them now.

        `link_target` returns where a course link leads; without it each part has its own page, in
        the reader's context. In a version ahead of theirs, links lead to the newest version too.
        """
        outline, ledger = course.outline, course.ledger
        self._newest = 1 if course.is_newer_than_enrolled else None
        self._address = course.address
        self.cache_key = (
            *(outline.course.public_id, ledger.newest, link_target),
            *(
                course.address,
                course.is_newer_than_enrolled,
                current_request_language(),
                current_country_key(),
                request.root_path,
            ),
        )
        self._language = outline.course.front.language
        self._figures = {part.slug: part for part in outline.figures}
        self._references = {part.slug: part for part in outline.references}
        self._ledger = ledger
        self._chip_macro = get_template_attribute("courses/macros.html", "citation")
        self._figure_macro = get_template_attribute("courses/parts.html", "figure")
        self._filler = PlaceholderFiller(
            self._render_citation_chip,
            link_target or self._course_link_url,
            self._render_figure,
            self._render_review_mark(),
            fill_token_of_reader,
        )
        self._has_review_marks = False

    def render_html(self, html: str) -> Markup:
        """Return stored HTML as this page shows it, under the language of the course.

        Markup comes from a template, which has marked what is in the language of the course.
        """
        filled = self._filler.fill_placeholders(html)
        self._has_review_marks |= REVIEW_MARK_BUTTON in filled
        if isinstance(html, Markup):
            return filled
        return trust_html(mark_html(filled, self._language))

    def render_cached_html(self, name: str, stored: Callable[[], str]) -> Markup:
        """Return stored HTML as this page shows it, from a cache if it is there.

        `stored` returns the HTML if it is not, and `name` identifies the text. Use this only for
        what is the same for every reader of a course version: never for a text with a form.
        """
        key = (*self.cache_key, name, self._filler.used_keys)
        cached = _pages.get(key)
        if cached is None:
            html = self.render_html(stored())
            cached = _pages.put(key, (html, self._filler.used_keys))
        html, used = cached
        self._has_review_marks |= REVIEW_MARK_BUTTON in html
        for source in used:
            self._filler.assign_number(source)
        return html

    def number_source(self, key: str) -> Source:
        """Return a source of the course, with its number on this page."""
        return Source(
            self._filler.assign_number(key), self._references[key].front, self._evidence_status(key)
        )

    @property
    def cited_sources(self) -> SourceList:
        """The sources cited so far, by their numbers."""
        key = (*self.cache_key, self._has_review_marks, self._filler.used_keys)
        cached = _lists.get(key)
        if cached is None:
            source_list = SourceList(
                tuple(self.number_source(source) for source in self._filler.used_keys),
                self._has_review_marks,
            )
            cached = _lists.put(key, source_list)
        return cached

    @property
    def all_by_author(self) -> list[Source]:
        """Every source of the course, by author and year, numbered in that order."""
        parts = sorted(
            self._references.values(),
            key=lambda part: (part.front.authors or part.title, part.front.year or 0),
        )
        return [self.number_source(part.slug) for part in parts]

    def _evidence_status(self, key: str) -> EvidenceStatus:
        return self._ledger.statuses.get(key, NOT_CHECKED)

    def _render_citation_chip(self, number: int, key: str) -> str:
        return render_cached_fragment(
            *(self._chip_macro, number, key, self._evidence_status(key).status, PREFIX),
            language_needs_mark(self._language),
        )

    def _render_review_mark(self) -> Markup:
        macro = get_template_attribute("courses/macros.html", "review_mark")
        return render_cached_fragment(macro, language_needs_mark(self._language))

    def _render_figure(self, slug: str) -> Markup:
        part = self._figures[slug]
        url = url_for(
            "courses.figure",
            address=self._address,
            figure=slug,
            v=part.public_id,
            newest=self._newest,
        )
        figure: Markup = self._figure_macro(
            part.title, part.front, url, self.render_html(part.html)
        )
        return figure

    def _course_link_url(self, link: CrossLink) -> str:
        names: dict[str, Any] = {"address": self._address, "newest": self._newest}
        if link.type == "term":
            return url_for("courses.glossary", **names, _anchor=f"term-{link.slug}")
        names[link.type] = link.slug
        return url_for(f"courses.{link.type}", **names, _anchor=link.anchor or None)


def render_part_page(
    template: str, course: Course, part: Part, *, also_cited: Iterable[str] = (), **values: Any
) -> str:
    """Render a page with the text of a part of a course and the sources that it cites."""
    sources = Sources(course)
    body = sources.render_html(find_html_of_part(db.session(), part))
    for key in also_cited:
        sources.number_source(key)
    return render_template(
        template, course=course, body=body, sources=sources.cited_sources, **values
    )
