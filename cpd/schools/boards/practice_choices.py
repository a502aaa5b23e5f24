"""First answers to practice cases by safety topic, of whole classes; reads the database.

A first answer is the first one to a step under an enrollment. No name leaves this module.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.cases.key import CaseKey
from cpd.cases.kinds.registry import KINDS
from cpd.cases.scales import Danger
from cpd.courses.models import Enrolment
from cpd.organisations.models import Membership, School, SchoolKind
from cpd.organisations.queries import scope_condition
from cpd.quizzes.keys import find_practice_keys
from cpd.quizzes.practice.models import PracticeAnswer
from cpd.schools.assignments.models import Assignment
from cpd.schools.boards.rules.topics import TopicCount
from cpd.schools.boards.topic_queries import ClassColumn, Topics
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach, select_learners


def find_practice_counts(
    session: Session, reach: Reach, course_id: int, topics: Topics
) -> Sequence[ClassColumn]:
    """Return how many people met each topic in practice and first chose harmfully, by class."""
    rows = session.execute(_select_first_answers(reach, course_id)).all()
    keys = find_practice_keys(session, {row.revision_id for row in rows})
    names = {row.public_id: row.name for row in rows}
    met: dict[tuple[str, str], set[int]] = {}
    harmful: dict[tuple[str, str], set[int]] = {}
    for row in rows:
        is_harmful = _is_harmful(row, keys)
        for topic in topics.get(row.revision_id, ()):
            met.setdefault((row.public_id, topic), set()).add(row.membership_id)
            if is_harmful:
                harmful.setdefault((row.public_id, topic), set()).add(row.membership_id)
    return [ClassColumn(id_, name, _count(id_, met, harmful)) for id_, name in names.items()]


def _count(
    public_id: str,
    met: Mapping[tuple[str, str], Iterable[int]],
    harmful: Mapping[tuple[str, str], Iterable[int]],
) -> Mapping[str, TopicCount]:
    return {
        topic: TopicCount(len(set(people)), len(set(harmful.get((public_id, topic), ()))))
        for (of_class, topic), people in met.items()
        if of_class == public_id
    }


def _is_harmful(row: Any, keys: Mapping[int, CaseKey]) -> bool:
    step = keys[row.revision_id].step_by_id(row.step)
    return KINDS[step.kind].mark_answer(step, row.answer).danger is Danger.CRITICAL


def _select_first_answers(reach: Reach, course_id: int) -> sa.Select[Any]:
    employers = sa.select(School.id).where(
        scope_condition(reach.scope, School.public_id), School.kind == SchoolKind.CLINIC
    )
    begun = sa.and_(
        Enrolment.subject == Membership.subject,
        Enrolment.course_id == Assignment.course_id,
        Enrolment.context == Assignment.public_id,
    )
    earlier = sa.orm.aliased(PracticeAnswer)
    is_first = ~sa.exists().where(
        earlier.enrolment_id == PracticeAnswer.enrolment_id,
        earlier.case_id == PracticeAnswer.case_id,
        earlier.step == PracticeAnswer.step,
        earlier.id < PracticeAnswer.id,
    )
    return (
        select_learners(reach)
        .join(Assignment, Assignment.cohort_id == Cohort.id)
        .join(Enrolment, begun)
        .join(PracticeAnswer, PracticeAnswer.enrolment_id == Enrolment.id)
        .where(
            Cohort.school_id.not_in(employers),
            Cohort.archived_at.is_(None),
            Assignment.course_id == course_id,
            is_first,
        )
        .with_only_columns(
            Cohort.public_id,
            Cohort.name,
            Membership.id.label("membership_id"),
            PracticeAnswer.revision_id,
            PracticeAnswer.step,
            PracticeAnswer.answer,
        )
        .order_by(sa.func.lower(Cohort.name), Cohort.id)
    )
