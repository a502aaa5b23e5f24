"""The sources of one page: numbered as they are met, each with the status it has now."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import get_template_attribute, request, url_for
from markupsafe import Markup

from cpd.content.document import CrossLink
from cpd.content.placeholders import Address, Citations
from cpd.content.references import Reference
from cpd.courses.queries import Course
from cpd.courses.rules.evidence import NOT_CHECKED, EvidenceStatus
from cpd.kernel.memory import LruCache
from cpd.web.translate import once, request_language

PREFIX = "source"
"""Ids of the pop-overs begin so; no heading of a text may."""


@dataclass(frozen=True)
class Source:
    """A cited source as a page lists it."""

    number: int
    reference: Reference
    status: EvidenceStatus


@dataclass(frozen=True, eq=False)
class Listed:
    """The sources of a page as one fact, known from others by its identity: comparing is slow."""

    sources: tuple[Source, ...]

    def __iter__(self) -> Iterator[Source]:
        """Go through the sources."""
        return iter(self.sources)

    def __len__(self) -> int:
        """Count the sources."""
        return len(self.sources)


_filled: LruCache[tuple[Hashable, ...], tuple[Markup, tuple[str, ...]]] = LruCache(128)
"""Texts as they are shown, with the keys of the sources met up to their end."""
_listed: LruCache[tuple[Hashable, ...], Listed] = LruCache(128)


class Sources:
    """Fills the citations, course links and figures of one page, and lists the sources it met.

    Every piece of stored HTML of a page goes through one of these, so that numbers run on.
    """

    def __init__(
        self,
        of: Course,
        *,
        address: Address | None = None,
    ) -> None:
        """Take the references of a course version and what the ledger says of them now.

        `address` says where course links lead; without it each part has a page of its own, in the
        reader's context. Where the version is ahead of theirs, they lead to the newest one too.
        """
        outline, ledger = of.outline, of.ledger
        self._newest = 1 if of.is_ahead else None
        self._course = of.address
        self._facts = (
            *(outline.course.public_id, ledger.newest, address, of.address, of.is_ahead),
            *(request_language(), request.root_path),
        )
        self._figures = {part.slug: part for part in outline.figures}
        self._references = {part.slug: part for part in outline.references}
        self._ledger = ledger
        self._chip = get_template_attribute("courses/macros.html", "citation")
        self._figure = get_template_attribute("courses/parts.html", "figure")
        self._citations = Citations(self._shown, address or self._address, self._pictured)

    def fill(self, html: str) -> Markup:
        """Return stored HTML as it is shown."""
        return self._citations.fill(html)

    def filled(self, name: str, stored: Callable[[], str]) -> Markup:
        """Return the same, remembered; `stored` is asked for when it is not.

        `name` tells the text from every other. It is for what is the same to every reader of a
        course version: never for a text with a form in it.
        """
        key = (*self._facts, name, self._citations.used)
        known = _filled.get(key)
        if known is None:
            shown = self.fill(stored())
            known = _filled.put(key, (shown, self._citations.used))
        shown, used = known
        for one in used:
            self._citations.number(one)
        return shown

    def source(self, key: str) -> Source:
        """Return a source of the course, with its number on this page."""
        reference = Reference.from_front(self._references[key].front)
        status = self._ledger.statuses.get(key, NOT_CHECKED)
        return Source(self._citations.number(key), reference, status)

    @property
    def listed(self) -> Listed:
        """The sources met so far, by their numbers."""
        key = (*self._facts, self._citations.used)
        known = _listed.get(key)
        if known is None:
            found = Listed(tuple(self.source(each) for each in self._citations.used))
            known = _listed.put(key, found)
        return known

    @property
    def all(self) -> list[Source]:
        """Every source of the course, by author and year, numbered in that order."""
        parts = sorted(
            self._references.values(),
            key=lambda part: (part.front.get("authors") or part.title, part.front.get("year") or 0),
        )
        return [self.source(part.slug) for part in parts]

    def _shown(self, number: int, key: str) -> str:
        status = self._ledger.statuses.get(key, NOT_CHECKED).status
        return once(self._chip, number, key, status, PREFIX)

    def _pictured(self, slug: str) -> Markup:
        part = self._figures[slug]
        address = url_for(
            "courses.figure",
            slug=self._course,
            figure=slug,
            v=part.public_id,
            newest=self._newest,
        )
        shown = self._figure(part.title, part.front, address, self.fill(part.html))
        return Markup(shown)  # noqa: S704 - a macro's

    def _address(self, link: CrossLink) -> str:
        names: dict[str, Any] = {"slug": self._course, "newest": self._newest}
        if link.type == "term":
            return url_for("courses.glossary", **names, _anchor=f"term-{link.slug}")
        names[link.type] = link.slug
        return url_for(f"courses.{link.type}", **names, _anchor=link.anchor or None)
