"""Reads of first choices in exams by safety topic, within a reach or a learner's own.

What an employer may not see is left out here, so that no page shows it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from cpd.cases.scales import Danger
from cpd.courses.models import Document, DocumentType, Enrolment, Revision
from cpd.kernel.memory import LruCache
from cpd.organisations.models import Membership, School, SchoolKind
from cpd.organisations.queries import scope_condition
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.grading.models import ItemResult, Result
from cpd.quizzes.rules.attempts import AttemptState
from cpd.schools.assignments.models import Assignment
from cpd.schools.boards.queries import select_own_learner
from cpd.schools.boards.rules.topics import TopicCount
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach, select_learners

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
        sa.select(Document.course_id, Revision.id, Revision.front["hazards"])
        .join(Document, Document.id == Revision.document_id)
        .where(Document.course_id.in_(newest_ids), Document.type == DocumentType.CASE)
    )
    found: dict[int, dict[int, tuple[str, ...]]] = {id_: {} for id_ in newest_ids.values()}
    for course_id, revision_id, topics in rows:
        found[newest_ids[course_id]][revision_id] = tuple(topics)
    return {id_: _topics.put(id_, topics) for id_, topics in found.items()}


def build_topic_table(topics: Topics) -> Any:
    """Return the topics as a table with the columns `revision_id` and `topic`, to join."""
    columns = (sa.column("revision_id", sa.Integer), sa.column("topic", sa.String))
    pairs = [(id_, topic) for id_, of_case in topics.items() for topic in of_case]
    return sa.values(*columns, name="topic_pairs").data(pairs or [(0, "")]).cte("case_topics")


def select_first_choices(reach: Reach) -> sa.Select[Any]:
    """Select the first choices of who is in a class in reach, in exams of what is assigned to it.

    Nothing is in reach of an employer.
    """
    employers = sa.select(School.id).where(
        scope_condition(reach.scope, School.public_id), School.kind == SchoolKind.CLINIC
    )
    return _join_choices(select_learners(reach)).where(Cohort.school_id.not_in(employers))


def select_own_first_choices(subject: str, assignment: Assignment) -> sa.Select[Any]:
    """Select the same of one learner's own assignment."""
    return _join_choices(select_own_learner(subject)).where(Assignment.id == assignment.id)


def _join_choices(learners: sa.Select[Membership]) -> sa.Select[Any]:
    begun = sa.and_(
        Enrolment.subject == Membership.subject,
        Enrolment.course_id == Assignment.course_id,
        Enrolment.context == Assignment.public_id,
    )
    return (
        learners.join(Assignment, Assignment.cohort_id == Cohort.id)
        .join(Enrolment, begun)
        .join(Attempt, Attempt.enrolment_id == Enrolment.id)
        .join(ItemResult, ItemResult.attempt_id == Attempt.id)
        .where(
            Attempt.state == AttemptState.GRADED,
            ItemResult.is_seen.is_(sa.false()),
            ItemResult.danger.is_not(None),
        )
    )


def has_passed_since_condition() -> sa.ColumnElement[bool]:
    """Return the condition that another attempt under the same enrollment is a pass."""
    other = aliased(Attempt)
    return sa.exists().where(
        other.enrolment_id == Enrolment.id,
        other.state == AttemptState.GRADED,
        Result.attempt_id == other.id,
        Result.passed,
    )


@dataclass(frozen=True)
class ClassColumn:
    """A class with what its people chose first, by topic."""

    public_id: str
    name: str
    counts: Mapping[str, TopicCount]


def find_topic_counts(
    session: Session, reach: Reach, course_id: int, topics: Topics
) -> Sequence[ClassColumn]:
    """Return how many people met each topic and need practice on it, by class in order of name."""
    table = build_topic_table(topics)
    is_harmful = ItemResult.danger == Danger.CRITICAL
    rows = session.execute(
        select_first_choices(reach)
        .join(table, table.c.revision_id == ItemResult.revision_id)
        .with_only_columns(
            Cohort.public_id,
            Cohort.name,
            table.c.topic,
            sa.func.count(Membership.id.distinct()),
            sa.func.count(sa.case((is_harmful, Membership.id)).distinct()),
        )
        .where(Cohort.archived_at.is_(None), Assignment.course_id == course_id)
        .group_by(Cohort.id, Cohort.public_id, Cohort.name, table.c.topic)
        .order_by(sa.func.lower(Cohort.name), Cohort.id)
    )
    names: dict[str, str] = {}
    counts: dict[str, dict[str, TopicCount]] = {}
    for public_id, name, topic, met, harmful in rows:
        names[public_id] = name
        counts.setdefault(public_id, {})[topic] = TopicCount(met, harmful)
    return [ClassColumn(id_, name, counts[id_]) for id_, name in names.items()]


def find_topics_to_practice(
    session: Session, reach: Reach, assignment: Assignment, topics: Topics
) -> Mapping[int, Collection[str]]:
    """Return the topics that people still need practice on, by the id of the membership."""
    choices = select_first_choices(reach).where(Assignment.id == assignment.id)
    return _find_topics(session, choices, topics)


def find_topics_of_learner(
    session: Session, reach: Reach, membership: Membership, topics: Topics
) -> Collection[str]:
    """Return the topics that one learner needs practice on in the classes in reach."""
    choices = select_first_choices(reach).where(Membership.id == membership.id)
    return _find_topics(session, choices, topics).get(membership.id, ())


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
        select_first_choices(reach)
        .where(
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
