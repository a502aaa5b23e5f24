"""The front of a course as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cpd.content.languages import mark_language


def language_of_front(data: Mapping[str, Any]) -> str:
    """Return the language in a stored front of a course; an empty string in that of a part."""
    language: str = data.get("language", "")
    return language


def last_day_of_front(data: Mapping[str, Any]) -> date:
    """Return the last day of a version, by the stored front of its course."""
    return date.fromisoformat(data["expires"])


@dataclass(frozen=True)
class Objective:
    """Something the learner will be able to do.

    Sections and cases name by its id what they serve; results and evaluations are counted for each.
    """

    id: str
    text: str


@dataclass(frozen=True)
class Author:
    """A person who wrote the course."""

    name: str
    credentials: str = ""
    role: str = ""
    disclosure: str = ""
    """This person's financial interests; empty in versions that state only those of all."""


@dataclass(frozen=True)
class CaseCitations:
    """Which cases cite one reference; those of the exam are counted but never named."""

    practice: tuple[str, ...] = ()
    exam: int = 0


@dataclass(frozen=True, kw_only=True)
class CourseFront:
    """What the course as a whole says about itself."""

    subjects: tuple[str, ...]
    language: str
    summary: str
    level: str
    objectives: tuple[Objective, ...]
    authors: tuple[Author, ...]
    disclosures: str
    """The financial interests of everyone who controls the content."""
    released: date
    reviewed: date | None
    review_by: date
    expires: date
    sections: tuple[str, ...]
    """The slugs of its sections, in order."""
    cited_by_cases: Mapping[str, CaseCitations] = field(default_factory=dict)
    """By the key of the reference."""
    explained_at: Mapping[str, str] = field(default_factory=dict)
    """The anchor at which each term of the glossary is explained, by the id of the term."""
    title_on_certificate: str = ""
    """Instead of the title, where certificates cannot print that."""
    entry: str = ""
    """What learners are recommended to have before they begin."""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CourseFront:
        """Read a stored front."""
        reviewed = data.get("reviewed")
        cited = data.get("cited_by_cases", {})
        front = cls(
            subjects=tuple(data["subject"]),
            language=data["language"],
            summary=data["summary"],
            level=data["level"],
            objectives=tuple(Objective(item["id"], item["text"]) for item in data["objectives"]),
            authors=tuple(
                Author(
                    *(item["name"], item["credentials"], item["role"]),
                    item.get("disclosure") or "",
                )
                for item in data["authors"]
            ),
            disclosures=data["disclosures"],
            released=date.fromisoformat(data["released"]),
            reviewed=date.fromisoformat(reviewed) if reviewed else None,
            review_by=date.fromisoformat(data["review_by"]),
            expires=date.fromisoformat(data["expires"]),
            sections=tuple(data["sections"]),
            cited_by_cases={
                key: CaseCitations(tuple(by["practice"]), by["exam"]) for key, by in cited.items()
            },
            explained_at=data.get("explained_at", {}),
            title_on_certificate=data.get("title_on_certificate") or "",
            entry=data.get("entry") or "",
        )
        return mark_language(front, front.language)
