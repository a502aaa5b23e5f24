"""The class report: how far everybody is, and what they need practice on; reads the database."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString
from sqlalchemy.orm import Session

from cpd.courses import outlines
from cpd.schools.agreements.queries import find_who_agreed
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.rules.terms import Purpose
from cpd.schools.boards.charts import Bar, build_progress_bars, build_topic_bars
from cpd.schools.boards.labels import label_of_work
from cpd.schools.boards.queries import (
    LearnerProgress,
    find_newest_version,
    find_progress,
    list_sections_to_finish,
)
from cpd.schools.boards.topic_queries import find_topics_to_practice, load_topics
from cpd.schools.cohorts.queries import Reach


@dataclass(frozen=True)
class ClassReport:
    """What the report of a class shows."""

    course_title: str
    section_count: int
    people: Sequence[LearnerProgress]
    topics_by_membership: Mapping[int, Sequence[str]]
    """The titles of the topics that somebody needs practice on, by the id of the membership."""
    has_exam: bool
    is_employer: bool
    agreed: frozenset[str] = frozenset()
    """Who lets an employer see more, by subject."""

    @property
    def has_details(self) -> bool:
        """Whether there are columns beyond completed, or not yet."""
        return not self.is_employer or any(it.subject in self.agreed for it in self.people)

    def has_details_of(self, person: LearnerProgress) -> bool:
        """Tell whether the school sees more of somebody than completed, or not yet."""
        return not self.is_employer or person.subject in self.agreed

    @property
    def progress_bars(self) -> Sequence[Bar]:
        """How many people are how far."""
        states = [person.progress for person in self.people]
        return build_progress_bars(states, has_exam=self.has_exam, is_employer=self.is_employer)

    @property
    def topic_bars(self) -> Sequence[Bar]:
        """On which topics how many people need practice."""
        counted = Counter(topic for of in self.topics_by_membership.values() for topic in of)
        return build_topic_bars(counted, len(self.people))

    def label_of(self, person: LearnerProgress) -> tuple[str, LazyString]:
        """Return the icon and the words for how far somebody is."""
        return label_of_work(
            person.progress, has_exam=self.has_exam, is_employer=not self.has_details_of(person)
        )


def find_class_report(
    session: Session, reach: Reach, assignment: Assignment, *, now: datetime
) -> ClassReport:
    """Return the report of a class on an assignment, as far as its school may see."""
    is_employer = assignment.cohort.school.is_employer
    newest = find_newest_version(session, assignment.course_id)
    outline = outlines.load_outline(session, newest)
    titles = {card.slug: card.title for card in outline.hazards}
    topics = load_topics(session, [newest])
    found = find_topics_to_practice(session, reach, assignment, topics)
    return ClassReport(
        course_title=newest.title,
        section_count=len(list_sections_to_finish(assignment, outline)),
        people=find_progress(session, reach, assignment, outline, now=now),
        topics_by_membership={
            id_: sorted(titles[topic] for topic in of if topic in titles)
            for id_, of in found.items()
        },
        has_exam=assignment.purpose is Purpose.EXAM,
        is_employer=is_employer,
        agreed=find_who_agreed(session, reach, assignment) if is_employer else frozenset(),
    )
