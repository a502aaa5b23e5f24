"""Who finds a course that is hidden: its owner's staff and those who take it, and nobody else."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.access.permissions import Actor, Role, RoleAssignment, Scope
from cpd.courses import queries, visibility
from cpd.courses.catalog import queries as catalog_queries
from cpd.courses.models import CourseRow, Visibility
from cpd.db import db, unit_of_work
from tests.factories import courses
from tests.factories.courses import SLUG, actor_of
from tests.support.people import MAYA
from tests.support.visitor import Visitor

COURSE = f"/courses/{SLUG}"
EXAM = f"{COURSE}/exam"
PAGES = (
    COURSE,
    f"{COURSE}/sections/noticing",
    f"{COURSE}/whole",
    f"{COURSE}/safety/heat-stroke",
    EXAM,
)
SCHOOL = "sch_harbour"


@pytest.fixture
def hidden(app: Flask) -> None:
    """The small course is hidden."""
    hide(app)


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every course may be found by everybody."""
    monkeypatch.setattr(visibility, "_visibility_condition", lambda *_eyes: sa.true())
    forget()
    yield
    forget()


def hide(app: Flask, **also: str) -> None:
    with app.app_context(), unit_of_work() as session:
        hidden = sa.update(CourseRow).where(CourseRow.slug == SLUG)
        session.execute(hidden.values(visibility=Visibility.HIDDEN, **also))


def forget() -> None:
    for made in (
        queries._select_newest_visible_revision,
        catalog_queries._select_visible_course_count,
        catalog_queries._select_courses_by_title,
    ):
        made.cache_clear()


@pytest.mark.usefixtures("hidden")
def test_a_hidden_course_is_not_there_for_others(stranger: Visitor, maya: Visitor) -> None:
    for path in PAGES:
        maya.get(path, status=404)
        if path != EXAM:
            stranger.get(path, status=404)


@pytest.mark.usefixtures("hidden")
def test_no_list_shows_it_and_nobody_can_begin_it(stranger: Visitor, maya: Visitor) -> None:
    for reader in (stranger, maya):
        assert COURSE not in reader.get("/").html
        assert COURSE not in reader.get("/courses").html
    maya.post(f"{COURSE}/enrolment", status=404)


def test_who_takes_it_reads_on_until_they_leave(app: Flask, maya: Visitor) -> None:
    courses.enrol(app, MAYA)
    hide(app)
    for path in PAGES:
        maya.get(path)
    assert COURSE in maya.get("/courses").html


@pytest.mark.usefixtures("hidden")
def test_the_providers_staff_find_it(ines: Visitor) -> None:
    ines.get(COURSE)
    assert COURSE in ines.get("/courses").html
    assert SLUG in ines.get("/evaluations").html


def test_a_schools_course_is_found_by_its_staff(app: Flask, ines: Visitor) -> None:
    hide(app, owner=SCHOOL)
    instructor, elsewhere = (
        Actor(1, "s", frozenset({RoleAssignment(Role.INSTRUCTOR, Scope.of_school(school))}))
        for school in (SCHOOL, "sch_hill")
    )
    with app.app_context():
        found = catalog_queries.find_catalog_page(db.session(), instructor)
        assert found is not None
        assert [one.slug for one in found.courses] == [SLUG]
        assert queries.find_course(db.session(), instructor, SLUG) is not None
        pupil = Actor(2, "p", frozenset({RoleAssignment(Role.LEARNER, Scope.of_school(SCHOOL))}))
        guest = Actor(3, "g", frozenset({RoleAssignment(Role.REVIEWER, Scope.of_drafts([SCHOOL]))}))
        for other in (elsewhere, pupil, guest, actor_of(MAYA)):
            shelf = catalog_queries.find_catalog_page(db.session(), other)
            assert shelf is not None
            assert shelf.courses == []
            assert queries.find_course(db.session(), other, SLUG) is None
    ines.get(COURSE, status=404)
    assert COURSE not in ines.get("/courses").html


@pytest.mark.usefixtures("hidden", "unguarded")
def test_control_without_the_condition_everybody_finds_it(stranger: Visitor) -> None:
    stranger.get(COURSE)
    assert COURSE in stranger.get("/courses").html
