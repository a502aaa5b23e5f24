"""The home page: each person's own work, and where a learner goes on."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.access.permissions import SYSTEM, Role, Scope
from cpd.accounts.models import Person as PersonRow
from cpd.accounts.people import actions as people
from cpd.accounts.people.actions import Grant
from cpd.db import db, unit_of_work
from cpd.kernel import clock as kernel_clock
from tests.factories import accounts, courses, organisations
from tests.factories.accounts import let_in
from tests.factories.courses import SLUG, altered
from tests.factories.quizzes import Learner
from tests.remarks.test_queue import told
from tests.support.moved_clock import NOW, MovedClock
from tests.support.pages import words
from tests.support.people import MAYA, Person
from tests.support.queries import asked
from tests.support.visitor import Visitor

pytestmark = pytest.mark.pages

COURSE = f"/courses/{SLUG}"
MARKETING = "Know when to treat, when to adapt, and when to stop."
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def signed_in_with(app: Flask, *grants: Grant, name: str = "sam") -> Visitor:
    """Return the browser of somebody new who has just these roles, and codes from an app."""
    named = Person(name, f"{name.title()} Various", "has several roles")
    with app.app_context(), unit_of_work() as session:
        row = accounts.add_person(session, email=named.email, name=named.full_name, roles=())
        for grant in grants:
            people.grant_role(session, row.id, grant, actor=SYSTEM, now=kernel_clock.now())
        accounts.turn_codes_on(session, row.id)
    return let_in(Visitor(app, name), named)


def areas(visitor: Visitor) -> list[str]:
    """Return the areas that the navigation names."""
    links = visitor.get("/").page.all("nav")[0].iter("a")
    return [area for area in map(words, links) if area in {"Learn", "Teach", "Write", "Run"}]


@on_sqlite
def test_a_visitor_is_told_what_the_site_is_for_and_a_person_is_not(
    stranger: Visitor, maya: Visitor
) -> None:
    assert stranger.get("/").page.h1 == MARKETING
    assert areas(stranger) == []
    assert MARKETING not in maya.get("/").text


def test_a_learner_begins(maya: Visitor) -> None:
    page = maya.get("/").page
    assert "Start here" in page.text
    assert page.links()["Look inside : Massage on a hot day"] == COURSE
    assert page.links()["My record"] == "/record"
    assert areas(maya) == ["Learn"]


def test_a_learner_goes_on_at_the_section_the_case_the_exam_and_the_certificate(
    app: Flask, maya: Visitor, clock: MovedClock
) -> None:
    learner = Learner(app, MAYA)
    courses.enrol(app, MAYA)
    courses.finish(app, MAYA, "noticing")
    page = maya.get("/").page
    assert "Section 2, “Adapting the plan”" in page.text
    assert page.links()["Continue with section 2"] == f"{COURSE}/sections/adapting"
    courses.finish(app, MAYA, "adapting")
    page = maya.get("/").page
    assert "Practice case 1 of 2, “" in page.text
    (case,) = [link for words, link in page.links().items() if words.startswith("Decide practice")]
    assert case.startswith(f"{COURSE}/sections/noticing#case-")
    on_course_page = maya.get(COURSE).page.links()["Decide practice case 1 of section 1"]
    assert on_course_page == case, "no button to an exam that is still closed"
    learner.study()
    assert maya.get("/").page.links()["Go to the exam"] == f"{COURSE}/exam"
    attempt = learner.start()
    assert maya.get("/").page.links()["Continue the exam: case 1 of 6"] == f"/attempts/{attempt}"
    learner.answer(attempt, 1)
    assert "Continue the exam: case 2 of 6" in maya.get("/").page.links()
    learner.answer_all(attempt)
    learner.hand_in(attempt)
    page = maya.get("/").page
    assert "Your newest certificate" in page.text
    assert page.links()["See the certificate"].startswith("/certificates/cer_")


def test_an_author_sees_remarks_and_courses_and_a_reviewer_courses(
    app: Flask, ada: Visitor, ravi: Visitor
) -> None:
    told(app, "First", "Second", "Third", "Fourth")
    page = ada.get("/").page
    assert "4 remarks are open." in page.text
    assert "Fourth" in page.text
    assert "First" not in page.text, "the newest three, and a link to all"
    assert page.links()["All remarks"] == "/remarks"
    assert page.links()["Evaluations"] == "/evaluations"
    assert page.links()["Read section 1 of Massage on a hot day"] == f"{COURSE}/sections/noticing"
    page = ravi.get("/").page
    assert page.links()["Massage on a hot day"] == COURSE
    assert not {"/remarks", "/evaluations"} & set(page.links().values())
    assert areas(ada) == areas(ravi) == ["Write"]


@on_sqlite
def test_a_coordinator_is_led_to_the_school(app: Flask) -> None:
    school = organisations.school(app)
    omar = signed_in_with(app, Grant(Role.SCHOOL_ADMIN, school.scope))
    page = omar.get("/").page
    assert page.links()["Harbour School"] == "/schools/harbour-school"
    assert "What is due, who is late, and your classes" in page.text
    assert page.links()["Massage on a hot day"] == COURSE
    assert areas(omar) == ["Teach"]


def test_an_administrator_finds_people(app: Flask, ines: Visitor) -> None:
    ines.get("/")
    page = ines.submit({"q": "ZOË"}, action="/people", status=200).page
    assert page.h1 == "One person found for “ZOË”."
    assert areas(ines) == ["Run"]


@on_sqlite
def test_several_areas_are_stacked_with_each_thing_once(app: Flask, tmp_path: Path) -> None:
    """Studying comes first while a course is open, and last while none is."""
    school = organisations.school(app)
    sam = signed_in_with(
        app,
        Grant(Role.LEARNER),
        Grant(Role.INSTRUCTOR, school.scope),
        Grant(Role.AUTHOR),
        Grant(Role.ADMINISTRATOR),
    )
    assert areas(sam) == ["Learn", "Teach", "Write", "Run"]

    def headings() -> list[str]:
        return [words(h) for h in sam.get("/").page.all("h2")]

    assert headings()[:4] == ["Teach", "Write", "Run", "Learn"]
    text = sam.page.text
    assert text.count("Courses to read") == text.count("No remarks are open.") == 1
    assert sam.page.links()["Write"] == "/#write"
    sam.get(COURSE)
    sam.submit(action="/enrolment")
    assert headings()[:4] == ["Learn", "Teach", "Write", "Run"]


@on_sqlite
def test_the_present_area_is_marked(ada: Visitor, ines: Visitor, maya: Visitor) -> None:
    def marked(visitor: Visitor, path: str) -> list[tuple[str, str | None]]:
        links = visitor.get(path).page.all("nav")[0].iter("a")
        return [(words(it), it.get("aria-current")) for it in links if it.get("aria-current")]

    assert marked(maya, "/") == [("Learn", "page")]
    for visitor, area, paths in (
        (maya, "Learn", ("/courses", COURSE, "/record", "/try")),
        (ada, "Write", ("/remarks", "/evaluations", COURSE)),
        (ines, "Run", ("/people", "/people/new", "/people/requests", "/remarks", COURSE)),
    ):
        for path in paths:
            assert marked(visitor, path) == [(area, "true")], path


@on_sqlite
def test_roles_that_wait_for_codes_say_so_and_a_person_without_a_role_is_told(
    app: Flask, visitor: Callable[[], Visitor]
) -> None:
    nobody = Person("nobody", "Nobody Yet", "has no role")
    with app.app_context(), unit_of_work() as session:
        accounts.add_person(session, email=nobody.email, roles=())
    asker = let_in(visitor(), nobody)
    page = asker.get("/").page
    assert "Your account has no active role yet" in page.text
    assert page.links()["See the courses"] == page.links()["Courses"] == "/courses"
    with app.app_context():
        row = accounts.row_of(nobody)
        with unit_of_work() as session:
            grant = Grant(Role.AUTHOR, Scope.everywhere)
            people.grant_role(session, row.id, grant, actor=SYSTEM, now=kernel_clock.now())
    assert asker.get("/").page.links()["Set them up"] == "/profile/second-factor"
    assert "Write" not in asker.page.links()


def test_it_costs_the_same_however_much_there_is(
    app: Flask, maya: Visitor, ines: Visitor, tmp_path: Path
) -> None:
    courses.enrol(app, MAYA)

    def cost(visitor: Visitor) -> int:
        visitor.get("/")
        with asked(app) as statements:
            visitor.get("/")
        return len(statements)

    before = cost(maya), cost(ines)
    told(app, *"abcdef")
    for number in range(3):
        courses.publish(app, altered(tmp_path, {}, slug=f"course-{number}"))
        courses.enrol(app, MAYA, f"course-{number}")
    assert (cost(maya), cost(ines)) == before
    assert max(before) <= 15


@on_sqlite
@pytest.mark.parametrize(
    ("hour", "greeting"),
    [(6, "Good morning"), (11, "Good morning"), (12, "Good afternoon"), (18, "Good evening")],
)
def test_times_and_greeting_follow_the_readers_zone(
    app: Flask, maya: Visitor, clock: MovedClock, hour: int, greeting: str
) -> None:
    courses.enrol(app, MAYA)
    with app.app_context():
        row = db.session.scalars(sa.select(PersonRow).where(PersonRow.email == MAYA.email)).one()
        with unit_of_work() as session:
            session.get_one(PersonRow, row.id).time_zone = "America/Chicago"
    clock.set(NOW.replace(hour=0) + timedelta(hours=hour + 6))
    maya = let_in(maya, MAYA)
    text = maya.get("/").text
    assert f"{greeting}, {MAYA.full_name}." in text
    assert "last on 23 Nov 2026, 04:00 (Chicago)" in text
