"""One person in two schools with the same course, and as a private learner."""

import csv
import io
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.access.permissions import Role
from cpd.certificates.models import Certificate
from cpd.courses.models import Enrolment
from cpd.courses.rules.addresses import OWN
from cpd.db import db
from cpd.organisations.models import School
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.rules.terms import AssignmentTerms
from cpd.schools.cohorts.models import Cohort
from cpd.schools.gradebook import queries as gradebook
from tests.factories import accounts, courses, organisations, schools
from tests.factories.courses import SLUG
from tests.factories.quizzes import Learner, harmless_and_wrong
from tests.support.people import ADA, MAYA
from tests.support.visitor import Visitor

ONE_TRY = AssignmentTerms(max_attempts=1)
NOTHING = ("not-started", "", "0", "0", "0")


@dataclass(frozen=True)
class Desk:
    """Somebody who looks after a school, and what is assigned to its class."""

    visitor: Visitor
    school: School
    assignment: Assignment

    @property
    def gradebook(self) -> str:
        """The address of the gradebook."""
        return f"/schools/{self.school.slug}/assignments/{self.assignment.public_id}/gradebook"

    def export(self) -> tuple[str, ...]:
        """Return what the exported gradebook says of the only learner."""
        self.visitor.get(self.gradebook)
        sent = self.visitor.post(f"{self.gradebook}/file", {"format": "csv"}, status=200)
        (row,) = csv.DictReader(io.StringIO(sent.body.decode("utf-8-sig")))
        names = ("state", "score_percent", "tries", "section.noticing", "section.adapting")
        return tuple(row[name] for name in names)

    def read_everything(self) -> str:
        """Return the text of every page on which the school reads about the learner."""
        base = f"/schools/{self.school.slug}"
        with self.visitor.app.app_context():
            member = schools.membership_in(db.session(), MAYA, self.school).public_id
        assignment = f"{base}/assignments/{self.assignment.public_id}"
        paths = (
            base,
            f"{base}/people/{member}",
            assignment,
            self.gradebook,
            f"{assignment}/learners/{member}",
            f"{assignment}/report",
            f"{base}/topics",
            f"{base}/topics?answers=practice",
        )
        return "\n".join(self.visitor.get(path).text for path in paths)


@pytest.fixture
def harbour_desk(app: Flask, coordinator: Visitor, evening: Cohort) -> Desk:
    """Omar, who looks after the first school."""
    courses.publish(app)
    return Desk(coordinator, evening.school, schools.assign(app, evening))


@pytest.fixture
def hill_desk(app: Flask) -> Desk:
    """Ada, who looks after the second one, which allows one try."""
    hill = organisations.school(app, "Hill School")
    morning = schools.cohort(app, hill, "Morning class")
    schools.enter(app, MAYA, morning)
    organisations.grant(app, ADA, Role.SCHOOL_ADMIN, hill)
    courses.publish(app)
    assignment = schools.assign(app, morning, terms=ONE_TRY)
    return Desk(accounts.let_in(Visitor(app, "ada"), ADA), hill, assignment)


def maya_for(app: Flask, desk: Desk | None) -> Learner:
    """Return maya's hands under an assignment, or as a private learner."""
    return Learner(app, MAYA, context=desk.assignment.public_id if desk else OWN)


def count_certificates(app: Flask) -> int:
    """Return how many certificates maya holds."""
    with app.app_context():
        subject = accounts.row_of(MAYA).subject
        own = sa.select(sa.func.count(Certificate.id)).where(Certificate.subject == subject)
        return db.session.scalar(own) or 0


def course_page(desk: Desk | None) -> str:
    """Return the address of the course in a context."""
    return f"/courses/{SLUG}" + (f"/for/{desk.assignment.public_id}" if desk else "")


def test_each_school_sees_what_was_done_for_it_and_the_person_keeps_one_record(
    app: Flask, harbour_desk: Desk, hill_desk: Desk, maya: Visitor
) -> None:
    courses.enrol(app, MAYA)
    courses.finish(app, MAYA, "noticing")
    assert (harbour_desk.export(), hill_desk.export()) == (NOTHING, NOTHING)

    harbour = maya_for(app, harbour_desk).study()
    first = harbour.start()
    for desk in (None, hill_desk):
        maya_for(app, desk).study()
        maya.get(f"{course_page(desk)}/exam")
        assert "has been open since" in maya.page.text
    harbour.answer_all(first, harmless_and_wrong)
    harbour.hand_in(first)
    failed = ("not-passed", "", "1", "1", "1")
    assert harbour_desk.export() == failed
    assert hill_desk.export() == ("reading", "", "0", "1", "1")

    hill = maya_for(app, hill_desk)
    hill.pass_exam()  # the only try that this school allows: the one before was for the other
    passed_once = ("passed", "100", "1", "1", "1")
    assert (harbour_desk.export(), hill_desk.export()) == (failed, passed_once)
    assert count_certificates(app) == 1
    harbour.pass_exam()
    passed_twice = ("passed", "100", "2", "1", "1")
    assert (harbour_desk.export(), hill_desk.export()) == (passed_twice, passed_once)
    assert count_certificates(app) == 1, "the same version is certified once"
    sees_only_its_own(harbour_desk, "Hill School", tries=2)
    sees_only_its_own(hill_desk, "Harbour School", tries=1)
    for desk, tries in ((harbour_desk, 2), (hill_desk, 1)):
        seen = maya.get(f"/schools/assigned/{desk.assignment.public_id}/seen").text
        assert f"Try {tries}:" in seen
        assert f"Try {tries + 1}:" not in seen
    assert "Start the next try" in maya.get(f"{course_page(None)}/exam").text
    assert maya.get("/").text.count("Practice my weak spots") == 1, "a course is offered once"

    maya.get(f"/schools/{harbour_desk.school.slug}/leaving")
    maya.submit(action="", status=303)
    assert f"{MAYA.full_name}" not in harbour_desk.visitor.get(harbour_desk.gradebook).text
    assert hill_desk.export() == passed_once
    assert count_certificates(app) == 1
    record = maya.get("/record").text
    assert record.count("passed, 100") >= 2, "the record stays the person's own"


def sees_only_its_own(desk: Desk, other: str, *, tries: int) -> None:
    """Check that no page of a school says what was done for another one."""
    text = desk.read_everything()
    assert other not in text
    assert f"Try {tries}:" in text
    assert f"Try {tries + 1}:" not in text


def test_control_a_gradebook_that_forgets_for_whom_something_was_done_is_found(
    app: Flask, harbour_desk: Desk, hill_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    maya_for(app, harbour_desk).study()
    assert hill_desk.export() == NOTHING

    def is_for_anybody(assignment: Assignment) -> sa.ColumnElement[bool]:
        return Enrolment.course_id == assignment.course_id

    monkeypatch.setattr(gradebook, "_is_for", is_for_anybody)
    assert hill_desk.export() != NOTHING
