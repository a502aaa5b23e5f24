"""Where a course uses each of its sources; exam cases are counted but never named."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from cpd.courses.rules.fronts.course import CaseCitations
from cpd.courses.rules.fronts.parts import TextFront
from cpd.courses.rules.outline import Outline, Part


@dataclass(frozen=True)
class Use:
    """One place that cites a source: a part of the course, by its type."""

    type: str
    part: Part
    section: str = ""
    """The section that holds a practice case."""


@dataclass(frozen=True)
class Uses:
    """All places that cite one source."""

    places: list[Use] = field(default_factory=list)
    exam_cases: int = 0


def build_source_uses(outline: Outline) -> dict[str, Uses]:
    """Return where each source is used, by its key; in the order of the course."""
    cited = outline.course.front.cited_by_cases
    places_by_source: dict[str, list[Use]] = {part.slug: [] for part in outline.references}
    for section in outline.sections:
        _add_source_use(
            places_by_source, Use("section", section), _cited_source_keys(outline, section.front)
        )
        for case in outline.practice.get(section.slug, ()):
            keys = [key for key, by in cited.items() if case.slug in by.practice]
            _add_source_use(places_by_source, Use("case", case, section.slug), keys)
    for card in outline.hazards:
        keys = [*card.front.references, *_cited_source_keys(outline, card.front)]
        _add_source_use(places_by_source, Use("hazard", card), keys)
    for sheet in outline.tools:
        _add_source_use(
            places_by_source, Use("tool", sheet), _cited_source_keys(outline, sheet.front)
        )
    return {
        key: Uses(places, cited.get(key, CaseCitations()).exam)
        for key, places in places_by_source.items()
    }


def _cited_source_keys(outline: Outline, front: TextFront) -> list[str]:
    """Return what a text cites, and what the figures cite that it shows."""
    figures = (outline.figure(slug) for slug in front.figures)
    return [*front.cites, *(key for figure in figures if figure for key in figure.front.cites)]


def _add_source_use(places_by_source: dict[str, list[Use]], use: Use, keys: Iterable[str]) -> None:
    for key in dict.fromkeys(keys):
        places_by_source[key].append(use)
