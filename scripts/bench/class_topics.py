"""First choices of a large class in the exam, for the matrix of safety topics."""

from itertools import islice

from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from cpd.cases.scales import Danger, Pool
from cpd.courses.models import Document, DocumentType, Enrolment, Revision
from cpd.db import unit_of_work
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.grading.models import ItemResult
from cpd.schools.assignments.models import Assignment
from cpd.schools.cohorts.models import Cohort
from scripts.bench.learners import COURSE

CASES = 12
"""In the exam of each learner, drawn in turn."""


def add_first_choices(app: Flask, gradebook: str) -> str:
    """Let every attempt in a class have a result for each case; return the path of the matrix.

    `gradebook` is the path of the gradebook, which names the school and the assignment.
    """
    _, _, school, _, public_id, _ = gradebook.split("/")
    with app.app_context(), unit_of_work() as session:
        assignment = session.scalars(
            select(Assignment).where(Assignment.public_id == public_id)
        ).one()
        path = f"/schools/{school}/classes/{_find_class(session, assignment)}/topics"
        _add_results(session, assignment)
    return f"{path}?course={COURSE}"


def _find_class(session: Session, assignment: Assignment) -> str:
    return session.get_one(Cohort, assignment.cohort_id).public_id


def _add_results(session: Session, assignment: Assignment) -> None:
    of_exam = (
        select(Revision.id, Revision.document_id)
        .join(Document, Document.id == Revision.document_id)
        .where(
            Document.type == DocumentType.CASE,
            Document.course_id == assignment.course_id,
            Revision.in_pool_condition(Pool.EXAM),
        )
        .order_by(Revision.id)
    )
    cases = list(session.execute(of_exam))
    has_results = select(ItemResult.attempt_id)
    attempts = session.scalars(
        select(Attempt.id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(Enrolment.context == assignment.public_id, Attempt.id.not_in(has_results))
        .order_by(Attempt.id)
    ).all()
    rows: list[dict[str, object]] = [
        {
            "attempt_id": attempt_id,
            "position": position,
            "case_id": case_id,
            "revision_id": revision_id,
            "is_seen": False,
            "choice": {},
            "is_blank": False,
            "danger": Danger.CRITICAL if (number + position) % 11 == 0 else Danger.SAFE,
            "earned_num": 1,
            "earned_den": 1,
            "possible": 1,
        }
        for number, attempt_id in enumerate(attempts)
        for position, (revision_id, case_id) in enumerate(
            islice([*cases[number * 7 % len(cases) :], *cases], CASES), start=1
        )
    ]
    if rows:
        session.execute(insert(ItemResult), rows)
