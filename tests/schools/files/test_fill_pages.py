"""The pages of filling a file: upload, see, choose, download; without script."""

import io
from collections.abc import Mapping

import pytest
from flask import Flask
from sqlalchemy import select

from cpd.access.audit import AuditEntry
from cpd.access.permissions import SYSTEM, Role, Scope
from cpd.db import db, unit_of_work
from cpd.organisations.models import School
from cpd.schools.assignments.models import Assignment
from cpd.schools.cohorts.models import Cohort
from cpd.schools.files import actions, queries
from cpd.schools.files.models import FilePair
from cpd.schools.files.views import clean_file_name
from tests.factories import accounts, courses, organisations, schools
from tests.factories.quizzes import Learner, critical, right
from tests.schools.files.grade_files import make_colleagues_workbook, make_sheet, make_workbook
from tests.support.moved_clock import NOW
from tests.support.people import ADA, MAYA, OMAR, RAVI, ZOE
from tests.support.queries import asked
from tests.support.visitor import Answer, Visitor

pytestmark = pytest.mark.pages

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
    return visitor.send("POST", path, status=status, data=data, content_type="multipart/form-data")


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
    assert "Row 3: Maya Okafor (same email address) 10" in page.text
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
    pairs = [pair for pair in page.forms[-1].fields if pair[0] == "pair[]"]
    assert [value.partition(":")[0] for _, value in pairs] == ["4", "5", "6"]
    chosen = [(name, f"5:{ada}" if value == "5" else value) for name, value in pairs]
    seen = coordinator.submit([*chosen, ("most", "5")], action="/fill/preview", status=200)
    assert "Row 5: Ada Lindqvist (confirmed by you) 5 instead of 2" in seen.page.text
    sent = download(coordinator).response
    assert "a@private.example,5\r\n" in sent.data.decode()
    again = upload(coordinator, assignment, GIVEN.encode()).page
    assert "Row 5: Ada Lindqvist (confirmed by you) 10 instead of 2" in again.text
    with app.app_context():
        stored = db.session().scalars(select(FilePair)).all()
        assert len(stored) == 2, "zoe, whom her name found, and ada; nothing was decided of una"
        assert "private" not in "".join(pair.row_digest for pair in stored)
        entries = db.session().scalars(
            select(AuditEntry).where(AuditEntry.action == "schools:file:fill")
        )
        assert [(entry.object, entry.detail) for entry in entries] == [
            (assignment.public_id, {"count": 2})
        ]


def test_the_number_of_the_school_finds_its_learners_and_a_pair_is_remembered(
    app: Flask, coordinator: Visitor, evening: Cohort, assignment: Assignment
) -> None:
    """As Canvas writes it with numbers of its own, those of the school, and no addresses."""
    for named in (ZOE, ADA):
        Learner(app, named, context=assignment.public_id).pass_exam()
    schools.update_list(app, evening, "Name,Email,Student ID\nM.,maya@example.org,00203\n")
    given = (
        "Student,ID,SIS User ID,SIS Login ID,Section,Massage on a hot day (77)\r\n"
        "    Points Possible,,,,,10\r\n"
        '"O., M.",9001,00203,mokafor,Evening,\r\n'
        '"Marsh, Z.",9002,00202,zmarsh,Evening,\r\n'
        '"Lindqvist, Ada",9003,00201,alindqvist,Evening,\r\n'
    )
    page = upload(coordinator, assignment, given.encode()).page
    assert "Row 3: Maya Okafor (same student number) 10" in page.text
    assert "Row 4: Marsh, Z. Nobody in this class matches this row." in page.text
    assert "Row 5: Ada Lindqvist (same name) 10" in page.text
    with app.app_context():
        zoe = schools.membership_of(db.session(), ZOE).public_id
    pairs = [pair for pair in page.forms[-1].fields if pair[0] == "pair[]"]
    chosen = [(name, f"4:{zoe}" if value == "4" else value) for name, value in pairs]
    coordinator.submit(chosen, action="/fill/preview", status=200)
    assert download(coordinator).response.data.decode().count(",Evening,10\r\n") == 3
    again = given.replace('"Marsh, Z."', "Z. M.-K.").replace("zmarsh", "zmk")
    page = upload(coordinator, assignment, again.encode()).page
    assert "Row 4: Zoë Marsh (confirmed by you) 10" in page.text


def test_a_workbook_comes_back_as_one(coordinator: Visitor, assignment: Assignment) -> None:
    contents = make_workbook(make_sheet([("Email", "Hot day"), ("maya@example.org", "")]))
    page = upload(coordinator, assignment, contents, "our grades.xlsx").page
    assert "We could not tell which column to fill." in page.text
    assert "Download the filled file" not in page.text
    coordinator.submit({"column": "1"}, action="/fill/preview", status=200)
    sent = download(coordinator).response
    assert sent.content_type.endswith("spreadsheetml.sheet")
    assert sent.data.startswith(b"PK")


def test_a_score_without_a_pass_is_not_given_away(
    app: Flask, coordinator: Visitor, assignment: Assignment
) -> None:
    """However high it is: the row stays as that of anybody who has not passed yet."""
    learner = Learner(app, ADA, context=assignment.public_id).study()
    attempt = learner.start()
    learner.answer_all(attempt, lambda key: critical(key) or right(key))
    learner.hand_in(attempt)
    upload(coordinator, assignment, b"Email,Points\nada@example.org,\n")
    seen = coordinator.submit({"column": "1"}, action="/fill/preview", status=200).page
    assert "Row 2: ada@example.org This learner has not passed yet." in seen.text


@pytest.mark.parametrize(
    ("contents", "name", "said"),
    [
        (b"", "a.csv", "Choose a file that is not empty."),
        (b"x" * 1001, "a.csv", "The file is larger than 700 kB."),
        (b"%PDF-1.7 \x00", "a.csv", "This is not a spreadsheet."),
        (b'a,b\n"c,d\n', "a.csv", "Row 2: A cell begins with a quotation mark"),
    ],
)
def test_a_file_that_cannot_be_filled_is_refused_with_a_reason(
    coordinator: Visitor,
    assignment: Assignment,
    contents: bytes,
    name: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cpd.schools.files.views.MOST_CARRIED", 1000)
    page = upload(coordinator, assignment, contents, name, status=422).page
    assert page.title.startswith("One mistake: Fill in a grade file")
    assert said in page.text


def test_mistakes_are_said_and_nothing_is_sent(
    app: Flask, coordinator: Visitor, assignment: Assignment
) -> None:
    upload(coordinator, assignment, GIVEN.encode())
    refused = download(coordinator, most="lots")
    assert refused.status == 422
    assert "Type a number greater than 0, such as 100." in refused.page.text
    upload(coordinator, assignment, GIVEN.encode())
    assert download(coordinator, column="").status == 200, "without a title that fits, ask again"
    upload(coordinator, assignment, GIVEN.encode())
    assert download(coordinator, column="900").status == 422
    for field, value in (("column", "x"), ("column", "99999"), ("contents", "?"), ("pair[]", "x:")):
        upload(coordinator, assignment, GIVEN.encode())
        (form,) = (f for f in coordinator.page.forms if f.action.endswith("/fill/preview"))
        sent = [(name, each) for name, each in form.fields if name not in {"csrf_token", field}]
        coordinator.post(form.action, [*sent, (field, value)], status=400)


@pytest.mark.parametrize("button", ["preview", "file"])
def test_nobody_of_another_school_is_paired_with_a_row(
    app: Flask, coordinator: Visitor, assignment: Assignment, button: str
) -> None:
    hill = schools.cohort(app, organisations.school(app, "Hill Clinic"), "Hill class")
    schools.enter(app, RAVI, hill)
    with app.app_context():
        foreign = schools.membership_of(db.session(), RAVI).public_id
    upload(coordinator, assignment, GIVEN.encode())
    (form,) = (each for each in coordinator.page.forms if each.action.endswith("/fill/preview"))
    sent = [(name, f"6:{foreign}" if value == "6" else value) for name, value in form.fields]
    path = form.action.replace("/preview", f"/{button}")
    coordinator.post(path, [pair for pair in sent if pair[0] != "csrf_token"], status=404)
    with app.app_context():
        assert db.session().scalars(select(FilePair)).all() == []


def test_another_sheet_is_looked_at_afresh(coordinator: Visitor, assignment: Assignment) -> None:
    contents = make_colleagues_workbook()
    page = upload(coordinator, assignment, contents, "ours.xlsx").page
    assert "This workbook has formulas." not in page.text, "nothing would change yet"
    coordinator.submit({"sheet": "Averages", "column": "3"}, action="/fill/preview", status=200)
    assert "We could not tell which column to fill." in coordinator.page.text


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("../../etc/grades.csv", "grades.csv"),
        ("C:\\\\files\\\\our\r\ngrades.csv", "ourgrades.csv"),
        ("", "grades.csv"),
    ],
)
def test_the_file_keeps_its_name_and_nothing_else_of_it(sent: str, name: str) -> None:
    assert clean_file_name(sent) == name


def test_pairs_are_changed_and_stay_in_their_school(app: Flask, assignment: Assignment) -> None:
    scope = assignment.cohort.school.scope
    with app.app_context():
        maya = schools.membership_of(db.session(), MAYA).public_id
        zoe = schools.membership_of(db.session(), ZOE).public_id
    other = organisations.school(app, "Hill Clinic")

    def remember(where: Scope, row: str, key: str) -> Mapping[str, str]:
        with app.app_context():
            with unit_of_work() as session:
                actions.remember_pairs(session, where, {row: key}, actor=SYSTEM, now=NOW)
            return queries.find_pairs(db.session(), where, [row, "email b@b.example"])

    assert remember(scope, "email a@a.example", maya) == {"email a@a.example": maya}
    assert remember(scope, "email a@a.example", zoe) == {"email a@a.example": zoe}
    assert remember(scope, "email a@a.example", "") == {"email a@a.example": ""}
    assert remember(other.scope, "email a@a.example", maya) == {}, "a member of another school"


def test_the_number_of_queries_does_not_grow(
    app: Flask, coordinator: Visitor, evening: Cohort, assignment: Assignment
) -> None:
    upload(coordinator, assignment, GIVEN.encode())
    with asked(app) as few:
        coordinator.submit(action="/fill/preview", status=200)
    for named in (RAVI, OMAR):
        schools.enter(app, named, evening)
    upload(coordinator, assignment, GIVEN.encode() + b'"Menon, Ravi",9,ravi@example.org,\r\n' * 50)
    with asked(app) as many:
        coordinator.submit(action="/fill/preview", status=200)
    assert len(few) == len(many) <= 16
