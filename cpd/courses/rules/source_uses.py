"""Where a course uses each of its sources; cases of the exam are counted and never named."""

from dataclasses import dataclass, field

from cpd.courses.rules.outline import Outline, Part


@dataclass(frozen=True)
class Use:
    """One place that cites a source: a part of the course, by its type."""

    type: str
    part: Part
    section: str = ""
    """The section in which a practice case stands."""


@dataclass(frozen=True)
class Uses:
    """All places that cite one source."""

    places: list[Use] = field(default_factory=list)
    exam_cases: int = 0


def uses(outline: Outline) -> dict[str, Uses]:
    """Return where each source is used, by its key; in the order of the course."""
    cases = outline.course.front.get("cited_by_cases", {})
    found: dict[str, list[Use]] = {part.slug: [] for part in outline.references}
    for section in outline.sections:
        _note(found, Use("section", section), _cites(outline, section))
        for case in outline.practice.get(section.slug, ()):
            cited = [key for key, by in cases.items() if case.slug in by["practice"]]
            _note(found, Use("case", case, section.slug), cited)
    for card in outline.hazards:
        _note(found, Use("hazard", card), [*card.front["references"], *_cites(outline, card)])
    for sheet in outline.tools:
        _note(found, Use("tool", sheet), _cites(outline, sheet))
    return {
        key: Uses(places, cases[key]["exam"] if key in cases else 0)
        for key, places in found.items()
    }


def _cites(outline: Outline, part: Part) -> list[str]:
    """Return what a text cites, and what the figures cite that it shows."""
    figures = (outline.figure(slug) for slug in part.front.get("figures", ()))
    return [*part.front["cites"], *(key for one in figures if one for key in one.front["cites"])]


def _note(found: dict[str, list[Use]], use: Use, keys: list[str]) -> None:
    for key in dict.fromkeys(keys):
        found[key].append(use)
