"""The way back after a failed attempt: what must be read and practiced before the next one."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from cpd.courses.models import Enrolment
from cpd.courses.rules.fronts.parts import Heading
from cpd.courses.rules.outline import SectionPart
from cpd.quizzes.exams.eligibility import ExamEligibility
from cpd.quizzes.practice.topics import PracticeTopic, find_practice_topics


@dataclass(frozen=True)
class WayBack:
    """What is still to be done before the next attempt, in the order of the course."""

    passages: tuple[tuple[SectionPart, Heading], ...]
    """To be read again, each with its section."""
    practice: tuple[tuple[PracticeTopic, ...], ...]
    """Groups of practice cases, of each of which at least one must be decided."""


def find_way_back(session: Session, enrolment: Enrolment, eligibility: ExamEligibility) -> WayBack:
    """Return what failed attempts still require of a learner."""
    todos = [todo for obstacle in eligibility.obstacles for todo in obstacle.todo]
    unread = {todo.remedy.passage for todo in todos if todo.must_reread}
    undecided = dict.fromkeys(frozenset(it.remedy.hazards) for it in todos if it.must_practice)
    topics = find_practice_topics(session, enrolment.course_revision) if undecided else ()
    return WayBack(
        passages=tuple(pick_passages(eligibility.outline.sections, unread)),
        practice=tuple(group_practice_topics(topics, undecided).values()),
    )


def pick_passages(
    sections: Iterable[SectionPart], wanted: Collection[str]
) -> Iterator[tuple[SectionPart, Heading]]:
    """Yield the passages among those wanted, such as `section:heat#signs`, in course order."""
    for section in sections:
        for heading in section.front.headings:
            if f"section:{section.slug}#{heading.anchor}" in wanted:
                yield section, heading


def group_practice_topics(
    topics: Sequence[PracticeTopic], wanted: Collection[frozenset[str]]
) -> dict[frozenset[str], tuple[PracticeTopic, ...]]:
    """Return the practice cases on each set of hazards; one of each group must be decided.

    A set that contains another one is left out, because a case for the smaller one is enough for
    both; so is a set on which there is no case.
    """
    groups = {
        hazards: tuple(topic for topic in topics if hazards & set(topic.hazards))
        for hazards in wanted
        if not any(fewer < hazards for fewer in wanted)
    }
    return {hazards: cases for hazards, cases in groups.items() if cases}
