"""The gradebook on pages: what a class table shows and never shows, grades by hand, and export."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import select

from cpd.access.audit import AuditEntry
from cpd.access.permissions import Role
from cpd.accounts.models import Person as PersonRow
from cpd.db import db, unit_of_work
from cpd.organisations.models import School, SchoolKind
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.rules.attempts import AttemptState
from cpd.schools.assignments.models import Assignment
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach
from cpd.schools.gradebook import views
from cpd.schools.gradebook.queries import find_scores
from tests.factories import accounts, courses, organisations, schools
from tests.factories.quizzes import Learner, critical
from tests.support.moved_clock import MovedClock
from tests.support.people import ADA, MAYA, OMAR, RAVI, ZOE, Person
from tests.support.queries import asked
from tests.support.visitor import Visitor

pytestmark = pytest.mark.pages

REASON = "She explained each decision in class."


@pytest.fixture
def assignment(app: Flask, harbour: School, evening: Cohort) -> Assignment:
    """The small course for maya, who has passed, zoe, who acted critically, and ada."""
    courses.publish(app)
    for named in (ZOE, ADA):
        schools.enter(app, named, evening)
    made = schools.assign(app, evening)
    Learner(app, MAYA, context=made.public_id).pass_exam()
    zoe = Learner(app, ZOE, context=made.public_id).study()
    attempt = zoe.start()
    zoe.answer_all(attempt, critical)
    zoe.hand_in(attempt)
    organisations.grant(app, OMAR, Role.SCHOOL_ADMIN, harbour)
    return made


@pytest.fixture
def coordinator(app: Flask, assignment: Assignment) -> Visitor:
    return accounts.let_in(Visitor(app, "omar"), OMAR)


def address(assignment: Assignment, rest: str = "/gradebook") -> str:
    return f"/schools/harbour-school/assignments/{assignment.public_id}{rest}"


def work_of(app: Flask, assignment: Assignment, named: Person) -> str:
    """Return the address of what somebody did under an assignment."""
    with app.app_context():
        member = schools.membership_of(db.session(), named).public_id
    return address(assignment, f"/learners/{member}")


def test_the_table_shows_states_and_a_number_only_after_a_pass(
    app: Flask, coordinator: Visitor, assignment: Assignment
) -> None:
    schools.accommodate(app, ZOE, assignment.cohort.school, schools.DOUBLE_TIME)
    schools.excuse(app, ADA, assignment)
    page = coordinator.get(address(assignment))
    assert "Passed, 100" in page.text
    assert "Not passed yet" in page.text
    assert "Not started" in page.text
    assert "excused" in page.text
    for hidden in ("critical", "unsafe", "accommodation", schools.REASON, "double"):
        assert hidden.lower() not in page.html.partition("<main")[2].partition("</main>")[0].lower()
    assert page.text.count("%") == 1
    assert page.html.count('aria-label="read"') > 0


def test_who_is_late_stands_first_and_can_be_picked(
    app: Flask, coordinator: Visitor, assignment: Assignment, clock: MovedClock
) -> None:
    clock.advance(days=8)
    accounts.let_in(coordinator, OMAR)
    page = coordinator.get(f"{address(assignment)}?show=late&sort=behind").text
    assert "2 are late." in page
    assert ADA.full_name in page
    assert ZOE.full_name in page
    assert MAYA.full_name not in page
    assert page.index(ADA.full_name) < page.index(ZOE.full_name)


def test_the_heads_of_columns_sort_both_ways(
    app: Flask, coordinator: Visitor, assignment: Assignment
) -> None:
    schools.extend(app, ZOE, assignment, schools.window_of_days(None, 9).due)

    def press(head: str) -> list[Person]:
        text = coordinator.get(coordinator.page.links()[head]).text
        return sorted((ADA, MAYA, ZOE), key=lambda named: text.index(named.full_name))

    coordinator.get(address(assignment))
    assert coordinator.page.html.count('aria-sort="ascending"><a') == 1
    assert press("Learner") == [ZOE, MAYA, ADA]
    assert coordinator.page.html.count('aria-sort="descending"><a') == 1
    assert press("Progress") == [ADA, ZOE, MAYA]
    assert press("Progress") == [MAYA, ZOE, ADA]
    assert press("Due") == [ADA, MAYA, ZOE]
    assert press("Due") == [ZOE, ADA, MAYA]
    assert press("Learner") == [ADA, MAYA, ZOE]


def test_names_are_hidden_until_they_are_shown_again(
    coordinator: Visitor, assignment: Assignment
) -> None:
    coordinator.get(address(assignment))
    coordinator.submit({}, action=address(assignment, "/gradebook/names"))
    hidden = coordinator.get(address(assignment))
    assert "Learner 1" in hidden.text
    for named in (MAYA, ZOE, ADA):
        assert named.full_name not in hidden.text
    coordinator.submit({}, action=address(assignment, "/gradebook/names"))
    assert MAYA.full_name in coordinator.get(address(assignment)).text
    coordinator.post(address(assignment, "/gradebook/names"), {"names": "x"}, status=400)


def test_a_large_class_costs_no_more_queries(
    app: Flask, coordinator: Visitor, assignment: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    with asked(app) as all_in_one:
        coordinator.get(f"{address(assignment)}?view=all")
    assert len(all_in_one) <= 8, all_in_one
    monkeypatch.setattr(views, "ROWS_PER_PAGE", 2)
    with asked(app) as paged:
        first = coordinator.get(address(assignment)).text
    assert len(paged) == len(all_in_one)
    second = coordinator.get(f"{address(assignment)}?page=2").text
    assert [named.full_name in first for named in (ADA, MAYA, ZOE)].count(True) == 2
    assert [named.full_name in second for named in (ADA, MAYA, ZOE)].count(True) == 1
    coordinator.get(f"{address(assignment)}?page=3", status=404)


def test_an_employer_sees_completed_or_not_yet(
    app: Flask, coordinator: Visitor, assignment: Assignment, harbour: School
) -> None:
    with app.app_context(), unit_of_work() as session:
        session.get_one(School, harbour.id).kind = SchoolKind.CLINIC
    page = coordinator.get(address(assignment)).text
    assert "Not completed yet" in page
    for more in ("%", "Passed", "Not passed", "Section", "Fill in a grade file"):
        assert more not in page
    work = work_of(app, assignment, ZOE)
    assert "What was done" not in coordinator.get(work).text
    coordinator.get(f"{work}/grade", status=404)
    fill = address(assignment, "/fill")
    coordinator.get(fill, status=404)
    coordinator.post(f"{fill}/preview", {"contents": "", "name": ""}, status=404)
    exported = coordinator.post(
        address(assignment, "/gradebook/file"), {"format": "csv"}, status=200
    )
    assert "not-passed" not in exported.html


def test_what_the_learner_sees_is_what_the_school_sees(
    app: Flask, coordinator: Visitor, assignment: Assignment, zoe: Visitor, ravi: Visitor
) -> None:
    work = work_of(app, assignment, ZOE)
    coordinator.get(f"{work}/grade")
    coordinator.submit({"percent": "80", "reason": REASON}, status=303)
    school = coordinator.get(work)
    own = zoe.get(f"/schools/assigned/{assignment.public_id}/seen")
    for seen in (school, own):
        assert "Try 1 was graded: not passed yet" in seen.text
        assert "Graded by hand: 80" in seen.text
        assert REASON in seen.text
        assert "Finished the section" in seen.text
    assert "Change this try" in school.text
    assert "Change this try" not in own.text
    assert "Change the grade" not in own.text
    assert REASON not in ravi.get(work).text


def test_a_grade_by_hand_counts_and_leaves_the_result_visible(
    app: Flask, coordinator: Visitor, assignment: Assignment
) -> None:
    work = work_of(app, assignment, MAYA)
    coordinator.get(f"{work}/grade")
    coordinator.submit({"percent": "101", "reason": REASON}, status=422)
    coordinator.submit({"percent": "60", "reason": REASON}, status=303)
    assert "Graded by hand, 60" in coordinator.get(address(assignment)).text
    page = coordinator.get(work).text
    assert "From the exam" in page
    assert "100" in page
    with app.app_context():
        reach = Reach(assignment.cohort.school.scope)
        subject = accounts.row_of(MAYA).subject
        assert find_scores(db.session(), reach, assignment)[subject] == Fraction(3, 5)
    coordinator.get(f"{work}/grade")
    coordinator.submit({"percent": "70", "reason": REASON}, status=303)
    coordinator.get(work)
    coordinator.submit({}, action=f"{work}/grade/end", status=303)
    page = coordinator.get(work).text
    assert page.count("no longer counts") == 2
    assert "Passed, 100" in coordinator.get(address(assignment)).text


def find_try(app: Flask, named: Person) -> Attempt:
    with app.app_context():
        subject = accounts.row_of(named).subject
        return db.session().scalars(select(Attempt).where(Attempt.subject == subject)).one()


def test_a_try_is_voided_with_a_reason(
    app: Flask, coordinator: Visitor, assignment: Assignment, zoe: Visitor
) -> None:
    page = f"/schools/harbour-school/tries/{find_try(app, ZOE).public_id}"
    coordinator.get(page)
    coordinator.submit({"move": "extend", "reason": "Fire alarm"}, status=409)
    coordinator.submit({"move": "reopen", "reason": "Fire alarm"}, status=409)
    coordinator.submit({"move": "void", "reason": "Fire alarm"}, status=303)
    assert find_try(app, ZOE).state is AttemptState.VOID
    assert "Fire alarm" in zoe.get(f"/schools/assigned/{assignment.public_id}/seen").text
    assert "Reading" in coordinator.get(address(assignment)).text
    with app.app_context():
        entries = db.session().scalars(select(AuditEntry.action)).all()
    assert "schools:try:void" in entries
    Learner(app, ZOE, context=assignment.public_id).pass_exam()
    assert coordinator.get(address(assignment)).text.count("Passed, 100%") == 2


@pytest.mark.parametrize(
    ("move", "hours", "before"),
    [("extend", 1, "Exam open"), ("reopen", 30, "Submitted, being graded")],
)
def test_a_try_that_gets_more_time_or_is_opened_again_is_finished_by_its_learner(
    app: Flask, coordinator: Visitor, assignment: Assignment, clock: MovedClock,
    move: str, hours: int, before: str,
) -> None:  # fmt: skip
    """From the gradebook to the pass; without it, the assignment closed after a day."""
    closing = schools.assign(app, assignment.cohort, schools.window_of_days(None, 1, 1))
    ada = Learner(app, ADA, context=closing.public_id).study()
    attempt = ada.start()
    clock.advance(hours=hours)
    accounts.let_in(coordinator, OMAR)
    page = coordinator.get(address(closing))
    assert before in page.text
    coordinator.get(page.page.links()[ADA.full_name])
    (change,) = (link for link in coordinator.page.links().values() if "/tries/" in link)
    coordinator.get(change)
    until = schools.local(clock.now() + timedelta(hours=48)).wall
    sent = {"move": move, "until": until.isoformat(timespec="minutes"), "reason": "Fire alarm"}
    coordinator.submit(sent, status=303)
    assert "Exam open" in coordinator.follow().text
    clock.advance(hours=47)
    ada.answer_all(attempt)
    ada.hand_in(attempt)
    accounts.let_in(coordinator, OMAR)
    assert "Passed, 100%" in coordinator.get(address(closing)).text


def test_a_try_with_a_certificate_is_refused(
    app: Flask, coordinator: Visitor, assignment: Assignment
) -> None:
    page = f"/schools/harbour-school/tries/{find_try(app, MAYA).public_id}"
    coordinator.get(page)
    refused = coordinator.submit({"move": "void", "reason": "Fire alarm"}, status=409)
    assert "Revoke it first" in refused.text


def test_nothing_is_changed_for_who_has_left(
    app: Flask, coordinator: Visitor, assignment: Assignment, zoe: Visitor
) -> None:
    """The record is still shown, to them and to the school."""
    work, tried = work_of(app, assignment, ZOE), find_try(app, ZOE).public_id
    zoe.get("/schools/harbour-school/leaving")
    zoe.submit(action="", status=303)
    page = coordinator.get(work).text
    assert "Try 1 was graded" in page
    assert "Change this try" not in page
    for path in (f"{work}/grade", f"/schools/harbour-school/tries/{tried}"):
        coordinator.get(path, status=404)
    coordinator.post(
        f"/schools/harbour-school/tries/{tried}", {"move": "void", "reason": REASON}, status=404
    )
    assert find_try(app, ZOE).state is AttemptState.GRADED


def test_tries_outside_the_school_are_not_there(
    app: Flask, coordinator: Visitor, assignment: Assignment
) -> None:
    private = Learner(app, ADA).study().start()
    coordinator.get(f"/schools/harbour-school/tries/{private}", status=404)
    coordinator.get("/schools/harbour-school/tries/att_absent", status=404)


def test_someone_of_another_class_has_no_work_here(
    app: Flask, coordinator: Visitor, assignment: Assignment, harbour: School
) -> None:
    other = schools.cohort(app, harbour, "Morning class")
    schools.enter(app, RAVI, other)
    coordinator.get(work_of(app, assignment, RAVI), status=404)


@pytest.mark.parametrize("read", [lambda body: body.decode("utf-8-sig"), None])
def test_no_formula_lives_in_an_export(
    app: Flask,
    coordinator: Visitor,
    assignment: Assignment,
    read: Callable[[bytes], str] | None,
) -> None:
    with app.app_context(), unit_of_work() as session:
        session.get_one(PersonRow, accounts.row_of(MAYA).id).name = "=1+1"
    file = "csv" if read else "xlsx"
    sent = coordinator.post(address(assignment, "/gradebook/file"), {"format": file}, status=200)
    assert f"gradebook-{courses.SLUG}.{file}" in sent.header("Content-Disposition")
    if read:
        titles, *rows = csv.reader(io.StringIO(read(sent.body), newline=""))
        found = {row[1]: dict(zip(titles, row, strict=True)) for row in rows}
        assert found["'=1+1"]["score_percent"] == "100"
        assert found[ADA.full_name]["score_percent"] == ""
    else:
        with zipfile.ZipFile(io.BytesIO(sent.body)) as archive:
            sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "<v>100</v>" in sheet
    coordinator.post(address(assignment, "/gradebook/file"), {"format": "ods"}, status=400)


def test_the_assignment_leads_to_the_gradebook(
    coordinator: Visitor, assignment: Assignment
) -> None:
    page = coordinator.get(address(assignment, ""))
    assert address(assignment) in page.html
    assert address(assignment, "/fill") in page.html
