"""Joining a class with a code, being removed, and leaving."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from cpd.access.audit import AuditEntry
from cpd.access.permissions import SYSTEM, Role
from cpd.accounts.sign_in.rules import throttling
from cpd.accounts.sign_in.rules.throttling import CountedBy, ThrottleScope
from cpd.db import db, unit_of_work
from cpd.kernel import clock as kernel_clock
from cpd.organisations import actions as organisation_actions
from cpd.organisations.models import School
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach, find_learners_page
from cpd.schools.joining.models import JoinCode
from cpd.schools.joining.rules.join_codes import format_join_code, make_join_code, parse_join_code
from tests.factories import accounts, courses, organisations, schools
from tests.factories.quizzes import Learner
from tests.support.moved_clock import MovedClock
from tests.support.people import ADA, MAYA, OMAR, RAVI, ZOE, Person
from tests.support.post import PostOffice
from tests.support.queries import asked
from tests.support.visitor import Visitor

SCHOOL = "/schools/harbour-school"
ROLES = "Instructors and administrators"


@pytest.fixture
def coordinator(app: Flask, harbour: School, evening: Cohort) -> Visitor:
    organisations.grant(app, OMAR, Role.SCHOOL_ADMIN, harbour)
    return accounts.let_in(Visitor(app, "omar"), OMAR)


def make_code(app: Flask, coordinator: Visitor, cohort: Cohort, seats: int = 1) -> str:
    coordinator.get(f"{SCHOOL}/classes/{cohort.public_id}/codes")
    coordinator.submit({"seats": str(seats), "days": "7"}, action="/codes", status=303)
    with app.app_context():
        newest = select(JoinCode.code).order_by(JoinCode.id.desc()).limit(1)
        return db.session.scalars(newest).one()


def join(visitor: Visitor, code: str, *, status: int = 303) -> None:
    visitor.get(f"/schools/join/{code}")
    visitor.submit(action="", status=status)


def learners(app: Flask, cohort: Cohort) -> int:
    with app.app_context():
        page = find_learners_page(db.session(), Reach(cohort.school.scope), cohort)
        assert page is not None
        return page.count


@pytest.mark.parametrize("typed", ["abcd-2345", " ABCD 2345 ", "ABCD2345", "abcd–2345"])
def test_a_code_is_read_however_it_is_grouped(typed: str) -> None:
    assert parse_join_code(typed) == "ABCD2345"


def test_what_cannot_be_a_code_is_none() -> None:
    assert [parse_join_code(text) for text in ("", "ABCD", "ABCD-0000", "ABCD-23456")] == [None] * 4
    assert parse_join_code(format_join_code(made := make_join_code())) == made


def test_somebody_joins_with_a_code(
    app: Flask, coordinator: Visitor, evening: Cohort, zoe: Visitor
) -> None:
    code = make_code(app, coordinator, evening)
    stranger = Visitor(app)
    assert "Open an account" in stranger.get(f"/schools/join/{code}").text
    zoe.get(zoe.get("/").page.links()["Join your class"])
    zoe.submit({"code": format_join_code(code).lower()}, status=303)
    assert "sees your name" in zoe.follow().text
    zoe.submit(action="", status=303)
    assert learners(app, evening) == 2
    stranger.get(f"/schools/join/{code}", status=404)
    stranger.get("/schools/join")
    assert "This code does not work." in stranger.submit({"code": code}, status=422).text
    assert (
        "1 of 1 people have joined with this code."
        in coordinator.get(f"{SCHOOL}/classes/{evening.public_id}/codes").text
    )


def test_guessing_codes_has_to_wait_and_a_code_that_exists_is_no_guess(
    app: Flask, coordinator: Visitor, evening: Cohort, zoe: Visitor, clock: MovedClock
) -> None:
    real = make_code(app, coordinator, evening)
    most = throttling.LIMITS[ThrottleScope.JOIN_CODE].maximum[CountedBy.ACCOUNT]
    guesser = Visitor(app)
    for _ in range(most // 2):
        guesser.get(f"/schools/join/{make_join_code()}", status=404)
        guesser.get(f"/schools/join/{real}")
        guesser.get("/schools/join")
        guesser.submit({"code": make_join_code()}, status=422)
    for path in (f"/schools/join/{make_join_code()}", f"/schools/join/{real}"):
        refused = guesser.get(path, status=429)
        assert "tried here. Try again in about 5 minutes." in refused.text
        assert refused.response.headers["Retry-After"] == "300"
    guesser.get("/schools/join")
    assert "Try again in about 5 minutes." in guesser.submit({"code": real}, status=429).text
    join(zoe, real)
    clock.advance(minutes=5)
    guesser.get(f"/schools/join/{real}", status=404)


def test_an_account_that_guesses_has_to_wait_wherever_it_is(
    app: Flask, zoe: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, limit = make_join_code(), throttling.LIMITS[ThrottleScope.JOIN_CODE]
    few = replace(limit, maximum={**limit.maximum, CountedBy.ACCOUNT: 1})
    limits = {**throttling.LIMITS, ThrottleScope.JOIN_CODE: few}
    monkeypatch.setattr(throttling, "LIMITS", limits)
    zoe.get(f"/schools/join/{code}", status=404)
    zoe.send("GET", f"/schools/join/{code}", status=429, environ_base={"REMOTE_ADDR": "192.0.2.9"})


def test_who_is_in_the_class_uses_up_no_seat(
    app: Flask, coordinator: Visitor, evening: Cohort, maya: Visitor, zoe: Visitor
) -> None:
    code = make_code(app, coordinator, evening)
    join(maya, code)
    join(zoe, code)
    assert learners(app, evening) == 2


def test_a_code_ends(
    app: Flask, coordinator: Visitor, evening: Cohort, zoe: Visitor, clock: MovedClock
) -> None:
    ended, expired = (make_code(app, coordinator, evening) for _ in range(2))
    page = coordinator.get(f"{SCHOOL}/classes/{evening.public_id}/codes").page
    endings = [form.action for form in page.forms if form.action.endswith("/end")]
    coordinator.post(endings[1], status=303)
    clock.advance(days=7)
    for code in (ended, expired):
        zoe.get(f"/schools/join/{code}", status=404)


def test_a_full_or_closed_school_says_so(
    app: Flask, coordinator: Visitor, harbour: School, evening: Cohort, zoe: Visitor
) -> None:
    code = make_code(app, coordinator, evening)
    now = kernel_clock.now()
    with app.app_context(), unit_of_work() as session:
        organisation_actions.change_seats(session, harbour.scope, 1, actor=SYSTEM, now=now)
    zoe.get(f"/schools/join/{code}")
    assert "The school has no free seats." in zoe.submit(action="", status=409).text
    with app.app_context():
        (row,) = db.session.scalars(select(JoinCode))
        assert row.used_count == 0, "whoever did not get in used up nothing"
    with app.app_context(), unit_of_work() as session:
        organisation_actions.close_school(session, harbour.scope, actor=SYSTEM, now=now)
    zoe.get(f"/schools/join/{code}", status=404)


def test_poster_and_slips(app: Flask, coordinator: Visitor, evening: Cohort) -> None:
    code = make_code(app, coordinator, evening, seats=3)
    page = coordinator.get(f"{SCHOOL}/classes/{evening.public_id}/codes")
    links = [link for link in page.page.links().values() if "/codes/joi" in link]
    for link in links:
        text = coordinator.get(link).text
        assert format_join_code(code) in text
    assert len(links) == 2


def test_removal_ends_membership_and_roles_and_keeps_the_record(
    app: Flask, coordinator: Visitor, evening: Cohort, ravi: Visitor
) -> None:
    organisations.join(app, RAVI, evening.school)
    ravi.get(SCHOOL)
    with app.app_context():
        member = schools.membership_of(db.session(), RAVI).public_id
    coordinator.get(f"{SCHOOL}/people/{member}")
    coordinator.submit(action="/removal", status=303)
    accounts.let_in(ravi, RAVI).get(SCHOOL, status=404)
    assert "This person left on" in coordinator.get(f"{SCHOOL}/people/{member}").text
    assert "Remove this person" not in coordinator.page.text


def test_removal_ends_access_mail_and_exports_at_once_and_keeps_what_was_done(
    app: Flask, coordinator: Visitor, evening: Cohort, maya: Visitor, post: PostOffice,
    clock: MovedClock,
) -> None:  # fmt: skip
    """Zoe is the control: she stays."""
    courses.publish(app)
    schools.enter(app, ZOE, evening)
    done, due = (schools.assign(app, evening, schools.window_of_days(None, 3)) for _ in range(2))
    Learner(app, MAYA, context=done.public_id).pass_exam()
    course = f"/courses/{courses.SLUG}/for/{due.public_id}"
    book = f"{SCHOOL}/assignments/{done.public_id}/gradebook"
    with app.app_context():
        page = f"{SCHOOL}/people/{schools.membership_of(db.session(), MAYA).public_id}"

    def export() -> str:
        sent = coordinator.post(f"{book}/file", {"format": "csv"}, status=200)
        return sent.response.get_data(as_text=True)

    maya.get(course)
    assert MAYA.full_name in coordinator.get(book).text
    assert MAYA.full_name in export()
    coordinator.get(page)
    coordinator.submit(action="/removal", status=303)
    maya.get(course, status=404)
    assert MAYA.full_name not in coordinator.get(book).text
    assert MAYA.full_name not in export()
    assert ZOE.full_name in export()
    clock.advance(days=2)
    sent = [email.to for email in post.collect(app) if "Due on" in email.subject]
    assert sent == [[ZOE.email]] * 2
    accounts.let_in(coordinator, OMAR)
    assert "This person left on" in coordinator.get(page).text
    work = page.replace("/people/", f"/assignments/{done.public_id}/learners/")
    assert "passed, 100%" in coordinator.get(work).text
    assert "passed, 100%" in accounts.let_in(maya, MAYA).get("/record").text


def roles_of(app: Flask, named: Person) -> list[Role]:
    with app.app_context():
        held = accounts.row_of(named).roles
        return [row.role for row in held if row.scope_id]


def test_a_role_of_somebody_who_does_not_belong_to_the_school_is_ended(
    app: Flask, coordinator: Visitor, evening: Cohort, ravi: Visitor
) -> None:
    coordinator.get(coordinator.get(f"{SCHOOL}/people").page.links()[ROLES])
    assert "Instructor, but does not belong to the school" in coordinator.page.text
    assert coordinator.page.text.count("End this role") == 1, "nobody ends their own"
    ravi.get(SCHOOL)
    coordinator.submit(action="/roles/end", status=303)
    assert roles_of(app, RAVI) == []
    accounts.let_in(ravi, RAVI).get(SCHOOL, status=404)
    with app.app_context():
        entries = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc()))
        assert entries.all()[:2] == ["accounts:role:remove", "schools:instructor:end"]
    organisations.join(app, RAVI, evening.school)
    organisations.grant(app, RAVI, Role.INSTRUCTOR, evening.school)
    accounts.let_in(ravi, RAVI).get(f"{SCHOOL}/classes/{evening.public_id}", status=404)


@pytest.mark.parametrize(
    ("named", "role", "status"),
    [
        (OMAR, Role.SCHOOL_ADMIN, 409),
        (RAVI, Role.SCHOOL_ADMIN, 404),
        (MAYA, Role.INSTRUCTOR, 404),
        (RAVI, Role.ADMINISTRATOR, 404),
    ],
)
def test_only_the_roles_of_others_in_the_school_are_ended(
    app: Flask, coordinator: Visitor, named: Person, role: Role, status: int
) -> None:
    before = roles_of(app, named)
    with app.app_context():
        person = accounts.row_of(named).subject
    data = {"person": person, "role": role.value}
    coordinator.post(f"{SCHOOL}/roles/end", data, status=status)
    assert roles_of(app, named) == before


def test_whoever_was_removed_needs_another_code_and_gets_no_class_back(
    app: Flask, coordinator: Visitor, evening: Cohort, ravi: Visitor, clock: MovedClock
) -> None:
    """The code on a poster does not undo a removal, and a role given later brings back nothing."""
    old = make_code(app, coordinator, evening, seats=5)
    organisations.join(app, RAVI, evening.school)
    with app.app_context():
        member = schools.membership_of(db.session(), RAVI).public_id
    clock.advance(hours=1)
    accounts.let_in(coordinator, OMAR).get(f"{SCHOOL}/people/{member}")
    coordinator.submit(action="/removal", status=303)
    page = f"/schools/join/{old}"
    accounts.let_in(ravi, RAVI).get(page)
    assert "or were removed from it" in ravi.submit(action="", status=409).text
    join(ravi, make_code(app, coordinator, evening))
    assert learners(app, evening) == 2
    organisations.grant(app, RAVI, Role.INSTRUCTOR, evening.school)
    ravi.get(f"{SCHOOL}/classes/{evening.public_id}", status=404)


def test_somebody_leaves_by_themselves(app: Flask, evening: Cohort, maya: Visitor) -> None:
    assert "Harbour School" in maya.get("/schools/join").text
    maya.get(f"{SCHOOL}/leaving")
    maya.submit(action="", status=303)
    assert learners(app, evening) == 0
    maya.get(f"{SCHOOL}/leaving", status=404)
    assert "Harbour School" not in maya.get("/schools/join").text


def test_pages_ask_equally_often_for_any_number_of_rows(
    app: Flask, coordinator: Visitor, evening: Cohort
) -> None:
    def count(path: str) -> int:
        with asked(app) as statements:
            coordinator.get(path)
        return len(statements)

    page = f"{SCHOOL}/classes/{evening.public_id}/codes"
    make_code(app, coordinator, evening)
    few = count(page)
    for _ in range(3):
        make_code(app, coordinator, evening)
    assert count(page) == few
    for named in (ZOE, ADA, MAYA):
        schools.enter(app, named, evening)
    assert count(page) == few
    few = count(f"{SCHOOL}/roles")
    for named in (ZOE, ADA, MAYA):
        organisations.grant(app, named, Role.INSTRUCTOR, evening.school)
    assert count(f"{SCHOOL}/roles") == few
