"""Reads of first choices by safety topic, within a reach."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.cases.scales import Danger
from cpd.courses.models import Document, DocumentType, Enrolment, Revision, SectionReading
from cpd.kernel.memory import LruCache
from cpd.organisations.models import Membership
from cpd.quizzes.grading.models import ItemResult
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.rules.terms import PracticeVisibility
from cpd.schools.boards.first_choices import (
    FirstChoices,
    has_passed_since_condition,
    select_exam_choices,
)
from cpd.schools.boards.rules.topics import LearnerTopics, TopicState
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach

Topics = Mapping[int, tuple[str, ...]]
"""The safety topics of each case, by the id of its revision."""

_topics: LruCache[int, Topics] = LruCache(64)
"""By the newest version of the course: with it, newer cases may have come."""


def load_topics(session: Session, newest_versions: Iterable[Revision]) -> Topics:
    """Return the safety topics of every version of every case of some courses; cached."""
    wanted = {version.id: version.document.course_id for version in newest_versions}
    cached = {id_: of_course for id_ in wanted if (of_course := _topics.get(id_)) is not None}
    missing = {course: id_ for id_, course in wanted.items() if id_ not in cached}
    if missing:
        cached |= _load_missing_topics(session, missing)
    return {id_: topics for of_course in cached.values() for id_, topics in of_course.items()}


def _load_missing_topics(session: Session, newest_ids: Mapping[int, int]) -> dict[int, Topics]:
    """Return the topics by the newest version of each course, whose ids are by that of a course."""
    rows = session.execute(
        sa.select(Document.course_id, Revision.id, Revision.hazards_expression())
        .join(Document, Document.id == Revision.document_id)
        .where(Document.course_id.in_(newest_ids), Document.type == DocumentType.CASE)
    )
    found: dict[int, dict[int, tuple[str, ...]]] = {id_: {} for id_ in newest_ids.values()}
    for course_id, revision_id, topics in rows:
        found[newest_ids[course_id]][revision_id] = tuple(topics)
    return {id_: _topics.put(id_, topics) for id_, topics in found.items()}


@dataclass(frozen=True)
class ClassTopics:
    """A class with what its people chose first."""

    public_id: str
    name: str
    learners: list[LearnerTopics] = field(default_factory=list)


def find_class_topics(
    session: Session, choices: FirstChoices, topics: Topics, passages: Mapping[str, int]
) -> Sequence[ClassTopics]:
    """Return what everybody chose first, by class in the order of names; takes two queries.

    `passages` are the ids of the sections that explain the topics.
    """
    harmful = _find_harmful_states(session, choices, topics, passages)
    topics_of = {str(id_): of_case for id_, of_case in topics.items()}
    revisions = sa.func.aggregate_strings(sa.cast(choices.revision_id, sa.String), ",")
    rows = session.execute(
        choices.rows.with_only_columns(
            Cohort.public_id,
            Cohort.name,
            Membership.id,
            Assignment.id,
            Assignment.practice_visibility,
            revisions,
        )
        .group_by(Membership.id, Assignment.id, Cohort.id)
        .order_by(sa.func.lower(Cohort.name), Cohort.id, Membership.id, Assignment.id)
    )
    classes: dict[str, ClassTopics] = {}
    for public_id, name, membership_id, assignment_id, visibility, met in rows:
        states = dict.fromkeys(
            (topic for id_ in met.split(",") for topic in topics_of.get(id_, ())), TopicState.WELL
        )
        states |= harmful.get((membership_id, assignment_id), {})
        is_named = not choices.is_practice or visibility is PracticeVisibility.BY_NAME
        found = classes.setdefault(public_id, ClassTopics(public_id, name))
        found.learners.append(LearnerTopics(membership_id, states, is_named))
    return list(classes.values())


def _find_harmful_states(
    session: Session, choices: FirstChoices, topics: Topics, passages: Mapping[str, int]
) -> Mapping[tuple[int, int], Mapping[str, TopicState]]:
    """Return the topics of harmful first choices by learner and assignment, by their ids."""
    sections = sa.func.aggregate_strings(sa.cast(SectionReading.section_id, sa.String), ",")
    finished = sa.and_(
        SectionReading.enrolment_id == Enrolment.id,
        SectionReading.passage == "",
        SectionReading.read_at <= choices.decided_at,
    )
    rows = session.execute(
        choices.rows.where(choices.danger == Danger.CRITICAL)
        .outerjoin(SectionReading, finished)
        .with_only_columns(Membership.id, Assignment.id, choices.revision_id, sections)
        .group_by(Membership.id, Assignment.id, choices.revision_id, choices.decided_at)
    )
    found: dict[tuple[int, int], dict[str, TopicState]] = {}
    for membership_id, assignment_id, revision_id, read in rows:
        finished_ids = set(map(int, read.split(","))) if read else set()
        states = found.setdefault((membership_id, assignment_id), {})
        for topic in topics.get(revision_id, ()):
            is_read = passages.get(topic) in finished_ids
            state = TopicState.HARMFUL if is_read else TopicState.HARMFUL_UNREAD
            states[topic] = max(state, states.get(topic, state))
    return found


def find_topics_to_practice(
    session: Session, reach: Reach, assignment: Assignment, topics: Topics
) -> Mapping[int, Collection[str]]:
    """Return the topics that people still need practice on, by the id of the membership."""
    choices = select_exam_choices(reach).rows.where(Assignment.id == assignment.id)
    return _find_topics(session, choices, topics)


def _find_topics(
    session: Session, choices: sa.Select[Any], topics: Topics
) -> Mapping[int, Collection[str]]:
    rows = session.execute(
        choices.where(
            ItemResult.danger == Danger.CRITICAL, sa.not_(has_passed_since_condition())
        ).with_only_columns(Membership.id, ItemResult.revision_id)
    )
    found: dict[int, set[str]] = {}
    for membership_id, revision_id in rows:
        found.setdefault(membership_id, set()).update(topics.get(revision_id, ()))
    return found


@dataclass(frozen=True)
class NeedsPractice:
    """Somebody who has not passed yet and needs practice."""

    membership: Membership
    assignment_id: int
    topics: Collection[str]


def find_who_needs_practice(
    session: Session, reach: Reach, assignments: Collection[Assignment], topics: Topics
) -> Sequence[NeedsPractice]:
    """Return who needs practice under some assignments, and has not passed since."""
    rows = session.execute(
        select_exam_choices(reach)
        .rows.where(
            Assignment.id.in_([row.id for row in assignments]),
            ItemResult.danger == Danger.CRITICAL,
            sa.not_(has_passed_since_condition()),
        )
        .with_only_columns(Assignment.id, Membership, ItemResult.revision_id)
        .order_by(Assignment.due_at, Membership.since_at, Membership.id)
    )
    found: dict[tuple[int, int], tuple[Membership, set[str]]] = {}
    for assignment_id, membership, revision_id in rows:
        _, of_person = found.setdefault((assignment_id, membership.id), (membership, set()))
        of_person.update(topics.get(revision_id, ()))
    return [NeedsPractice(person, key[0], of) for key, (person, of) in found.items()]
