"""The fronts of what a course is made of: sections, cards, sheets, figures, glossary, cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cpd.cases.scales import Basis, Decision, Pool
from cpd.content.document import REVIEW_MARK, SafeHtml
from cpd.content.extract import CORRECTED, ExtractedBox


@dataclass(frozen=True)
class Heading:
    """A heading in the text of a part."""

    level: int
    anchor: str
    text: str

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Heading:
        """Read one heading."""
        return cls(data["level"], data["anchor"], data["text"])


@dataclass(frozen=True, kw_only=True)
class TextFront:
    """What publishing found in the text of a part."""

    headings: tuple[Heading, ...] = ()
    cites: tuple[str, ...] = ()
    """Keys of the references that the text cites."""
    figures: tuple[str, ...] = ()
    """Slugs of the figures that the text shows."""
    corrected: tuple[ExtractedBox, ...] = ()
    """The boxes that correct the source of the course."""


def _parse_text_fields(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that all parts with a text share; early fronts lack some of them."""
    return {
        "headings": tuple(Heading.from_json(heading) for heading in data.get("headings", ())),
        "cites": tuple(data.get("cites", ())),
        "figures": tuple(data.get("figures", ())),
        "corrected": tuple(
            ExtractedBox(box["anchor"], SafeHtml(box["html"])) for box in data.get(CORRECTED) or ()
        ),
    }


def does_part_correct_source(data: Mapping[str, Any]) -> bool:
    """Tell whether the text of a stored front has boxes that correct the source of the course."""
    return bool(data.get(CORRECTED))


def build_front_with_corrections(
    data: Mapping[str, Any], boxes: Sequence[Any] | None
) -> Mapping[str, Any]:
    """Return a stored front with its boxes in the HTML of today, as a rendering stores them."""
    return {**data, CORRECTED: boxes} if CORRECTED in data else data


@dataclass(frozen=True, kw_only=True)
class SectionFront(TextFront):
    """What the outline needs of a section."""

    is_required: bool = True
    """Whether the exam asks for it to be read."""
    objectives: tuple[str, ...] = ()
    """The ids of the objectives that it teaches."""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SectionFront:
        """Read a stored front."""
        return cls(
            is_required=data.get("required", True),
            objectives=tuple(data.get("objectives", ())),
            **_parse_text_fields(data),
        )

    @property
    def anchors(self) -> frozenset[str]:
        """The anchors of its headings."""
        return frozenset(heading.anchor for heading in self.headings)


@dataclass(frozen=True)
class SignGroup:
    """Signs on a hazard card that ask for the same decision."""

    decision: Decision
    signs: tuple[str, ...]


def build_sign_groups(signs: Mapping[str, Sequence[str]]) -> tuple[SignGroup, ...]:
    """Return signs by decision as groups, the most urgent decision first."""
    return tuple(
        SignGroup(decision, tuple(signs[decision]))
        for decision in reversed(Decision)
        if decision in signs
    )


@dataclass(frozen=True, kw_only=True)
class HazardFront(TextFront):
    """The card of a safety topic."""

    signs: tuple[SignGroup, ...]
    """The most urgent decision first."""
    rule: str
    say: str
    tell: str
    """Whom to tell, and by when."""
    passage: str
    """Where the course explains it: `section:slug#anchor`."""
    basis: Basis
    references: tuple[str, ...] = ()
    signed_by: str = ""
    """The clinician named in the file; empty where none is."""

    @property
    def has_review_marks(self) -> bool:
        """Whether a part of the rule awaits review."""
        return f"[{REVIEW_MARK}]" in self.rule

    @property
    def passage_section_slug(self) -> str:
        """The slug of the section that explains it."""
        return self.passage.removeprefix("section:").partition("#")[0]

    @property
    def passage_anchor(self) -> str:
        """The anchor of the passage in that section."""
        return self.passage.partition("#")[2]

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> HazardFront:
        """Read a stored front. Early cards have one `decision` for a plain list of signs."""
        signs = {data["decision"]: data["signs"]} if "decision" in data else data["signs"]
        return cls(
            signs=build_sign_groups(signs),
            rule=data["rule"],
            say=data["say"],
            tell=data["tell"],
            passage=data["passage"],
            basis=Basis(data["basis"]),
            references=tuple(data["references"]),
            signed_by=data.get("signed_by") or "",
            **_parse_text_fields(data),
        )


@dataclass(frozen=True, kw_only=True)
class ToolFront(TextFront):
    """A practice sheet."""

    summary: str
    is_open: bool = False
    """Whether anyone may see it without an account."""
    is_searchable: bool = False
    """Whether the rows of its tables can be searched."""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ToolFront:
        """Read a stored front."""
        return cls(
            summary=data["summary"],
            is_open=data.get("open", False),
            is_searchable=data.get("searchable", False),
            **_parse_text_fields(data),
        )


@dataclass(frozen=True, kw_only=True)
class FigureFront(TextFront):
    """A picture, and a description for people who cannot see it."""

    alt: str
    width: int
    height: int
    svg: str

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FigureFront:
        """Read a stored front."""
        return cls(
            alt=data["alt"],
            width=data["width"],
            height=data["height"],
            svg=data["svg"],
            **_parse_text_fields(data),
        )


@dataclass(frozen=True)
class Term:
    """A word of the course, explained in one plain sentence."""

    id: str
    term: str
    meaning: str
    section: str
    """The slug of the section that explains it."""


@dataclass(frozen=True)
class GlossaryFront:
    """The words of a course."""

    terms: tuple[Term, ...]
    """In alphabetical order."""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> GlossaryFront:
        """Read a stored front, whose terms are in the order of their file."""
        terms = (
            Term(item["id"], item["term"], item["meaning"], item["section"])
            for item in data["terms"]
        )
        return cls(tuple(sorted(terms, key=lambda term: term.term.casefold())))


@dataclass(frozen=True)
class CaseListing:
    """The few fields of a case that lists need; `CaseFront` reads all of them."""

    id: str
    pool: Pool
    section: str
    hazards: tuple[str, ...]
    is_open: bool
    """Whether anyone may decide it without an account."""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CaseListing:
        """Read what lists need of a stored front."""
        return cls(
            id=data["id"],
            pool=Pool(data["pool"]),
            section=data["section"],
            hazards=tuple(data["hazards"]),
            is_open=data["open"],
        )
