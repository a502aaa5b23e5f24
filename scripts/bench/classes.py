"""A class of a thousand learners in every state, for the gradebook."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
import sqlalchemy as sa
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from cpd.access.permissions import Role
from cpd.accounts.models import Person as PersonRow
from cpd.courses.models import Enrolment, SectionReading
from cpd.courses.outlines import load_outline
from cpd.db import Base, unit_of_work
from cpd.kernel import clock
from cpd.organisations.models import Membership
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.grading.models import Result
from cpd.quizzes.rules.attempts import AttemptState
from cpd.schools.assignments.models import Assignment
from cpd.schools.cohorts.models import CohortMember
from scripts.bench.authors import let_in_with_code
from scripts.bench.browser import Browser
from scripts.bench.learners import COURSE
from tests.factories import accounts, organisations, schools
from tests.support.people import Person

LEARNERS = 1000
COORDINATOR = Person("bench-coordinator", "Bench Coordinator", "looks at a class")


@dataclass(frozen=True)
class LargeClass:
    """The gradebook of a large class, and who may open it."""

    path: str
    app: Flask

    def open_browser(self, url: str) -> Browser:
        """Return a browser in which the coordinator is signed in, with a code from an app."""
        return let_in_with_code(self.app, COORDINATOR, url)


def add_large_class(app: Flask) -> LargeClass:
    """Add it; a graded attempt must exist, of which tries are copies."""
    school = organisations.school(app, "Bench School")
    with app.app_context(), unit_of_work() as session:
        accounts.add_person(session, email=COORDINATOR.email, name=COORDINATOR.full_name)
        accounts.turn_codes_on(session, accounts.row_of(COORDINATOR).id)
    organisations.join(app, COORDINATOR, school)
    organisations.grant(app, COORDINATOR, Role.SCHOOL_ADMIN, school)
    cohort = schools.cohort(app, school, "Bench class")
    assignment = schools.assign(app, cohort, schools.window_of_days(-30, -1), slug=COURSE)
    with app.app_context(), unit_of_work() as session:
        _add_learners(session, assignment)
    with app.app_context(), unit_of_work() as session:
        session.execute(sa.text("ANALYZE"))
    path = f"/schools/{school.slug}/assignments/{assignment.public_id}/gradebook"
    return LargeClass(path, app)


def _add_learners(session: Session, assignment: Assignment) -> None:
    graded = select(Result).join(Result.attempt).where(Attempt.state == AttemptState.GRADED)
    result = session.scalars(graded.limit(1)).one()
    model = result.attempt
    outline = load_outline(session, model.enrolment.course_revision)
    now, school_id = clock.now() - timedelta(days=9), assignment.cohort.school_id
    for number in range(LEARNERS):
        name = f"Learner {number * 7919 % LEARNERS:04} Bench"
        person = PersonRow(name=name, email=f"class-{number}@bench.example")
        session.add(person)
        session.flush()
        member = Membership(school_id=school_id, subject=person.subject, since_at=now)
        session.add(member)
        session.flush()
        session.add(
            CohortMember(cohort_id=assignment.cohort_id, membership_id=member.id, since_at=now)
        )
        if number % 10 == 0:
            continue
        enrolment = Enrolment(
            subject=person.subject,
            course_id=assignment.course_id,
            context=assignment.public_id,
            course_revision_id=model.enrolment.course_revision_id,
        )
        session.add(enrolment)
        session.flush()
        read = outline.sections[: number * 31 % (len(outline.sections) + 1)]
        session.add_all(
            SectionReading(
                enrolment_id=enrolment.id,
                section_id=part.document_id,
                revision_id=part.revision_id,
                read_at=now,
            )
            for part in read
        )
        if len(read) == len(outline.sections) or number % 3 == 0:
            _add_try(session, model, result, enrolment)


def _add_try(session: Session, model: Attempt, result: Result, enrolment: Enrolment) -> None:
    own = {"id", "public_id"}
    values = {"enrolment_id": enrolment.id, "subject": enrolment.subject}
    attempt = Attempt(**(_read_columns(model, own) | values))
    session.add(attempt)
    session.flush()
    copied = _read_columns(result, {"attempt_id"}) | {"attempt_id": attempt.id}
    if enrolment.id % 2:
        copied["passed"] = False
    session.add(Result(**copied))


def _read_columns(row: Base, without: set[str]) -> dict[str, object]:
    names = (column.key for column in inspect(type(row)).column_attrs)
    return {name: getattr(row, name) for name in names if name not in without}
