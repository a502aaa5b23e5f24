"""What each section of a course takes, teaches and rests on, as its printed outline lists it."""

from dataclasses import dataclass

from cpd.content.readability import ReadingTime, build_reading_time
from cpd.courses.rules.fronts.course import CourseFront
from cpd.courses.rules.outline import Outline, Part, SectionPart
from cpd.courses.rules.source_uses import Use, build_source_uses


@dataclass(frozen=True)
class SectionPlan:
    """One section of a course."""

    section: SectionPart
    time: ReadingTime
    """The reading time of its text, without practice cases."""
    cases: tuple[Part, ...]
    case_time: ReadingTime
    """The reading time of its practice cases before an answer."""
    objectives: tuple[int, ...]
    """The numbers of the objectives that it teaches, from 1, in the order of the course."""
    sources: tuple[str, ...]
    """The keys of the sources that it or one of its practice cases cites."""


def build_section_plans(outline: Outline) -> tuple[SectionPlan, ...]:
    """Return the plan of each section, in order."""
    uses = build_source_uses(outline)
    return tuple(
        SectionPlan(
            section=section,
            time=build_reading_time(section.words),
            cases=(cases := outline.practice.get(section.slug, ())),
            case_time=build_reading_time(sum(case.words for case in cases)),
            objectives=_find_objective_numbers(outline.course.front, section),
            sources=tuple(
                key
                for key, used in uses.items()
                if any(_is_use_in_section(use, section) for use in used.places)
            ),
        )
        for section in outline.sections
    )


def _find_objective_numbers(front: CourseFront, section: SectionPart) -> tuple[int, ...]:
    return tuple(
        number
        for number, objective in enumerate(front.objectives, start=1)
        if objective.id in section.front.objectives
    )


def _is_use_in_section(use: Use, section: SectionPart) -> bool:
    return use.section == section.slug if use.type == "case" else use.part is section
