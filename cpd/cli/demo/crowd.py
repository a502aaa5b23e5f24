"""A large class to try and to measure pages with: copied rows; real actions would take hours.

Its learners have every state of work. Their results are those of one graded exam, without the
answers.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, inspect, select
from sqlalchemy.orm import Session

from cpd.accounts.models import Person
from cpd.cases.scales import Danger
from cpd.courses.models import Enrolment, SectionReading
from cpd.courses.outlines import load_outline
from cpd.courses.rules.outline import SectionPart
from cpd.db import Base, unit_of_work
from cpd.kernel.ids import new_public_id
from cpd.organisations.models import Membership
from cpd.quizzes.attempts.models import Attempt, AttemptItem
from cpd.quizzes.grading.models import ItemResult, Result
from cpd.quizzes.rules.attempts import AttemptState
from cpd.schools.assignments.models import Assignment
from cpd.schools.cohorts.models import CohortMember

BATCH = 100
BEGAN_BEFORE = timedelta(days=9)


@dataclass(frozen=True)
class _Learner:
    """Somebody in the crowd; everything about them follows from their number."""

    number: int
    subject: str
    read: Sequence[SectionPart]
    has_begun: bool
    has_tried: bool

    @property
    def has_passed(self) -> bool:
        """Whether they passed, if they tried."""
        return self.number % 2 == 0

    @property
    def needs_practice(self) -> bool:
        """Whether one of their answers could have done serious harm, if they tried."""
        return self.number % 6 == 1


@dataclass(frozen=True)
class _Copied:
    """A graded exam, and what is copied from it."""

    result: Result
    items: Sequence[AttemptItem]
    item_results: Sequence[ItemResult]

    @property
    def attempt(self) -> Attempt:
        """The attempt."""
        return self.result.attempt


def add_crowd(assignment: Assignment, count: int, *, now: datetime) -> Iterator[int]:
    """Add learners to the class of an assignment, and yield how many after each batch.

    Raises LookupError on a site where nobody passed the exam of the course.
    """
    began_at = now - BEGAN_BEFORE
    for begin in range(0, count, BATCH):
        numbers = range(begin, min(begin + BATCH, count))
        with unit_of_work() as session:
            copied = _find_graded_exam(session, assignment.course_id)
            sections = load_outline(session, copied.attempt.enrolment.course_revision).sections
            learners = [_build_learner(number, sections) for number in numbers]
            _add_members(session, assignment, learners, count, began_at)
            _add_work(session, assignment, learners, copied, began_at)
        yield len(numbers)


def _build_learner(number: int, sections: Sequence[SectionPart]) -> _Learner:
    has_begun = number % 10 != 0
    read = sections[: number * 31 % (len(sections) + 1)] if has_begun else ()
    has_tried = has_begun and (len(read) == len(sections) or number % 3 == 0)
    return _Learner(number, new_public_id("sub"), read, has_begun, has_tried)


def _find_graded_exam(session: Session, course_id: int) -> _Copied:
    passed = (
        select(Result)
        .join(Result.attempt)
        .join(Attempt.enrolment)
        .where(
            Attempt.state == AttemptState.GRADED, Result.passed, Enrolment.course_id == course_id
        )
        .order_by(Result.attempt_id)
    )
    result = session.scalars(passed.limit(1)).first()
    if result is None:
        raise LookupError("nobody has passed the exam of the course yet")
    of_attempt = result.attempt_id
    return _Copied(
        result,
        session.scalars(select(AttemptItem).where(AttemptItem.attempt_id == of_attempt)).all(),
        session.scalars(select(ItemResult).where(ItemResult.attempt_id == of_attempt)).all(),
    )


def _add_members(
    session: Session,
    assignment: Assignment,
    learners: Sequence[_Learner],
    count: int,
    began_at: datetime,
) -> None:
    people = [
        {
            "subject": learner.subject,
            "name": f"Learner {learner.number * 7919 % count:04}",
            "email": f"{learner.subject.replace('_', '-')}@demo.example",
            "created_at": began_at,
        }
        for learner in learners
    ]
    session.execute(insert(Person), people)
    school_id = assignment.cohort.school_id
    members = [
        {"school_id": school_id, "subject": learner.subject, "since_at": began_at}
        for learner in learners
    ]
    ids = _insert_and_return_ids(session, Membership, members)
    places = [
        {"cohort_id": assignment.cohort_id, "membership_id": id_, "since_at": began_at}
        for id_ in ids
    ]
    session.execute(insert(CohortMember), places)


def _add_work(
    session: Session,
    assignment: Assignment,
    learners: Sequence[_Learner],
    copied: _Copied,
    began_at: datetime,
) -> None:
    begun = [learner for learner in learners if learner.has_begun]
    enrolments = [
        {
            "subject": learner.subject,
            "course_id": assignment.course_id,
            "context": assignment.public_id,
            "course_revision_id": copied.attempt.enrolment.course_revision_id,
            "started_at": began_at,
        }
        for learner in begun
    ]
    ids = _insert_and_return_ids(session, Enrolment, enrolments)
    readings = [
        {
            "enrolment_id": id_,
            "section_id": part.document_id,
            "revision_id": part.revision_id,
            "read_at": began_at,
        }
        for id_, learner in zip(ids, begun, strict=True)
        for part in learner.read
    ]
    session.execute(insert(SectionReading), readings)
    tried = [pair for pair in zip(ids, begun, strict=True) if pair[1].has_tried]
    _add_tries(session, tried, copied)


def _add_tries(session: Session, tried: Sequence[tuple[int, _Learner]], copied: _Copied) -> None:
    values = _read_columns(copied.attempt, {"id", "public_id"})
    attempts = [
        values | {"enrolment_id": id_, "subject": learner.subject} for id_, learner in tried
    ]
    ids = _insert_and_return_ids(session, Attempt, attempts)
    results, item_results = [], []
    for id_, (_, learner) in zip(ids, tried, strict=True):
        own = {"attempt_id": id_}
        judged = {"passed": learner.has_passed, "critical_count": int(learner.needs_practice)}
        results.append(_read_columns(copied.result, {"attempt_id"}) | own | judged)
        for number, item in enumerate(copied.item_results):
            row = _read_columns(item, {"id"}) | own
            if number == 0 and learner.needs_practice and item.danger is not None:
                row["danger"] = Danger.CRITICAL
            item_results.append(row)
    session.execute(insert(Result), results)
    session.execute(insert(ItemResult), item_results)
    items = [
        _read_columns(item, {"id"}) | {"attempt_id": id_} for id_ in ids for item in copied.items
    ]
    session.execute(insert(AttemptItem), items)


def _insert_and_return_ids(
    session: Session, model: Any, rows: Sequence[dict[str, Any]]
) -> Sequence[int]:
    """Insert rows in one statement, and return their ids in the same order."""
    added = insert(model).returning(model.id, sort_by_parameter_order=True)
    return session.scalars(added, rows).all()


def _read_columns(row: Base, without: Collection[str]) -> dict[str, Any]:
    names = (column.key for column in inspect(type(row)).column_attrs)
    return {name: getattr(row, name) for name in names if name not in without}
