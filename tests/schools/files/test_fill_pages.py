"""The pages of filling a file: upload, see, choose, download; without script."""

import io
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import func, select

from cpd.access.audit import AuditEntry
from cpd.access.permissions import Role
from cpd.db import db
from cpd.organisations.models import School
from cpd.schools.assignments.models import Assignment
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach
from cpd.schools.files import actions, queries
from cpd.schools.files.models import FilePair
from cpd.schools.gradebook.queries import find_scores
from tests.factories import accounts, courses, organisations, schools
from tests.factories.quizzes import Learner, critical
from tests.schools.files.grade_files import make_workbook
from tests.support.people import ADA, MAYA, OMAR, RAVI, ZOE
from tests.support.queries import asked
from tests.support.visitor import Answer, Visitor

GIVEN = (
    "Student,ID,SIS Login ID,Massage on a hot day (77)\r\n"
    "    Points Possible,,,10\r\n"
    '"Okafor, Maya",1,maya@example.org,\r\n'
    '"Marsh, Zoë",2,zoe@private.example,1\r\n'
    '"Lindqvist, A.",3,a@private.example,2\r\n'
    '"Stranger, Una",4,una@private.example,=1+1\r\n'
)


@pytest.fixture
def assignment(app: Flask, harbour: School, evening: Cohort) -> Assignment:
    """The small course is assigned to a class of maya, zoe and ada; maya has passed it."""
    courses.publish(app)
    for named in (ZOE, ADA):
        schools.enter(app, named, evening)
    made = schools.assign(app, evening)
    Learner(app, MAYA, context=made.public_id).pass_exam()
    organisations.grant(app, OMAR, Role.SCHOOL_ADMIN, harbour)
    return made


@pytest.fixture
def coordinator(app: Flask, assignment: Assignment) -> Visitor:
    return accounts.let_in(Visitor(app, "omar"), OMAR)


def address(assignment: Assignment) -> str:
    return f"/schools/harbour-school/assignments/{assignment.public_id}/fill"


def upload(
    visitor: Visitor, assignment: Assignment, contents: bytes, name: str = "grades.csv", *,
    status: int = 200,
) -> Answer:  # fmt: skip
    """Choose a file on the page and send it, as a browser would."""
    path = address(assignment)
    visitor.get(path)
    data = {"csrf_token": visitor.token, "file": (io.BytesIO(contents), name)}
    return visitor.send(
        "POST", path, status=status, data=data, content_type="multipart/form-data"
    )


def download(visitor: Visitor, **changed: str) -> Answer:
    """Press the button that sends the form of the preview to another address."""
    assert "Download the filled file" in visitor.page.text
    (form,) = (form for form in visitor.page.forms if form.action.endswith("/fill/preview"))
    sent = [(name, value) for name, value in form.fields if name not in {"csrf_token", *changed}]
    path = form.action.replace("/preview", "/file")
    return visitor.post(path, [*sent, *changed.items()], status=(200, 422))


def test_a_file_comes_back_with_the_points_of_who_has_passed(
    coordinator: Visitor, assignment: Assignment
) -> None:
    page = upload(coordinator, assignment, GIVEN.encode("cp1252")).page
    assert "One cell of your file would change." in page.text
    assert "3 Maya Okafor same email address empty 10" in page.text
    assert "Row 2: Points Possible This row says how many points are possible." in page.text
    assert "Row 4: Marsh, Zoë This learner has not passed yet." in page.text
    assert "Row 6: Stranger, Una Nobody in this class matches this row." in page.text
    assert "Learners who are not in the file Ada Lindqvist" in page.text
    sent = download(coordinator).response
    assert sent.headers["Content-Disposition"] == "attachment; filename=grades.csv"
    assert sent.data.decode("cp1252") == GIVEN.replace("maya@example.org,", "maya@example.org,10")


def test_what_was_chosen_is_done_and_remembered(
    app: Flask, harbour: School, coordinator: Visitor, assignment: Assignment
) -> None:
    Learner(app, ADA, context=assignment.public_id).pass_exam()
    page = upload(coordinator, assignment, GIVEN.encode()).page
    with app.app_context():
        ada = schools.membership_of(db.session(), ADA).public_id
    pairs = [pair for pair in page.forms[-1].fields if pair[0] == "pair"]
    assert [value.partition(":")[0] for _, value in pairs] == ["4", "5", "6"]
    chosen = [(name, f"5:{ada}" if value == "5" else value) for name, value in pairs]
    seen = coordinator.submit([*chosen, ("most", "5")], action="/fill/preview", status=200)
    assert "5 Ada Lindqvist confirmed by you 2 5" in seen.page.text
    sent = download(coordinator).response
    assert "a@private.example,5\r\n" in sent.data.decode()
    again = upload(coordinator, assignment, GIVEN.encode()).page
    assert "5 Ada Lindqvist confirmed by you 2 10" in again.text
    with app.app_context():
        stored = db.session().scalars(select(FilePair)).all()
        assert len(stored) == 2, "zoe, whom her name found, and ada; nothing was decided of una"
        assert "private" not in "".join(pair.row_digest for pair in stored)
        entries = db.session().scalars(select(AuditEntry).where(AuditEntry.action == "schools:file:fill"))
        assert [(entry.object, entry.detail) for entry in entries] == [
            (assignment.public_id, {"count": 2})
        ]


def test_a_workbook_comes_back_as_one(coordinator: Visitor, assignment: Assignment) -> None:
    rows = [("Email", "Hot day"), ("maya@example.org", "")]
    data = "".join(
        f'<row><c t="inlineStr"><is><t>{a}</t></is></c><c t="inlineStr"><is><t>{b}</t></is></c></row>'
        for a, b in rows
    )
    page = upload(coordinator, assignment, make_workbook(data), "our grades.xlsx").page
    assert "We could not tell which column to fill." in page.text
    assert "Download the filled file" not in page.text
    coordinator.submit({"column": "1"}, action="/fill/preview", status=200)
    sent = download(coordinator).response
    assert sent.content_type.endswith("spreadsheetml.sheet")
    assert sent.data.startswith(b"PK")
