"""Two enrolments of one person in one course: each with pages, reading and practice of its own."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from flask import Flask

from cpd.courses import queries
from cpd.courses.enrolment.queries import find_disclosure_of_enrolment
from cpd.courses.models import Enrolment, EnrolmentState
from cpd.courses.queries import Course
from cpd.courses.reading.queries import find_course_progress
from cpd.courses.rules.addresses import OWN, CourseAddress
from cpd.db import db, unit_of_work
from tests.factories import courses
from tests.factories.courses import SLUG, altered
from tests.support.pages import Page
from tests.support.people import MAYA, ZOE
from tests.support.queries import asked
from tests.support.visitor import Visitor

SCHOOL = "asg_one"
COURSE = f"/courses/{SLUG}"
THERE = f"{COURSE}/for/{SCHOOL}"
PAGES = (
    "",
    "/sections/noticing",
    "/sections/adapting",
    "/safety/fainting",
    "/tools/room-check",
    "/references",
    "/glossary",
    "/corrections",
    "/whole",
    "/whole?kept",
    "/exam",
)
OFFLINE = Path(queries.__file__).parents[1] / "web" / "static" / "offline.js"

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def both(app: Flask) -> Flask:
    """Maya takes the course for herself and for a school."""
    courses.enrol(app, MAYA)
    courses.enrol(app, MAYA, context=SCHOOL)
    return app


def leading(page: Page) -> set[str]:
    """Return every address of a course page that a page leads to, loads or sends to."""
    names = ("href", "src", "action", "formaction", "data-to", "data-keep")
    found = {one.get(name) for one in page.root.iter() for name in names}
    return {one for one in found if one and one.startswith(f"{COURSE}")}


def astray(visitor: Visitor, base: str, paths: Sequence[str] = PAGES) -> set[str]:
    """Return where the pages of one context lead into another."""
    inside = re.compile(rf"{re.escape(base)}(?!/for/)(?=[/?#]|$)")
    found = {one for path in paths for one in leading(visitor.get(f"{base}{path}").page)}
    assert found
    return {one for one in found if not inside.match(one)}


# Two enrolments


def test_each_has_its_page(both: Flask, maya: Visitor) -> None:
    """With two rows the page of the course could not be drawn at all."""
    courses.finish(both, MAYA, "noticing")
    assert "1 of 2 sections read" in maya.get(COURSE).text
    page = maya.get(THERE).page
    assert "0 of 2 sections read" in page.text
    assert "assigned to you" in page.text


@on_sqlite
def test_every_link_and_form_stays_in_its_context(both: Flask, maya: Visitor) -> None:
    assert astray(maya, THERE) == set()
    assert astray(maya, COURSE) == set()


@on_sqlite
def test_control_a_link_that_forgets_the_context_is_found(
    both: Flask, maya: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Course, "address", property(lambda it: CourseAddress(it.slug)))
    assert astray(maya, THERE, ["/sections/noticing"])


@on_sqlite
def test_what_is_done_under_one_does_not_show_in_the_other(both: Flask, maya: Visitor) -> None:
    section = f"{THERE}/sections/noticing"
    maya.get(section)
    decided = maya.submit({"choice": "same_day"}, action="/quinn-dizzy#answer-quinn-dizzy")
    assert decided.location == section
    maya.get(section)
    done = maya.submit(action="/sections/noticing/done")
    assert done.location == f"{THERE}/sections/adapting"
    maya.post(f"{section}/place", {"anchor": "", "block": "2"}, status=204)
    with both.app_context():
        under, own = (courses.course_of(MAYA, SLUG, context) for context in (SCHOOL, OWN))
        assert find_course_progress(db.session(), under).finished_count == 1
        assert find_course_progress(db.session(), own).finished_count == 0
        assert find_course_progress(db.session(), own).place is None
    feedback = 'id="answer-quinn-dizzy"'
    assert feedback in maya.get(section).html
    assert feedback not in maya.get(f"{COURSE}/sections/noticing").html


@on_sqlite
def test_each_keeps_what_was_told_before_it(app: Flask) -> None:
    courses.enrol(app, MAYA)
    with app.app_context():
        own = courses.enrolment_of(MAYA)
        assert find_disclosure_of_enrolment(db.session(), own) == courses.TOLD
        assert (
            queries.find_present_enrolment(db.session(), courses.actor_of(MAYA), SLUG, SCHOOL)
            is None
        )
    courses.enrol(app, MAYA, context=SCHOOL)
    with app.app_context():
        assert courses.enrolment_of(MAYA, context=SCHOOL).id != own.id
        assert courses.enrolment_of(MAYA).id == own.id


def test_beginning_twice_in_one_context_is_beginning_once(both: Flask) -> None:
    before = courses.enrol(both, MAYA, context=SCHOOL)
    assert courses.enrol(both, MAYA, context=SCHOOL) == before
    assert courses.enrol(both, MAYA) != before


@on_sqlite
def test_each_stays_on_the_version_it_began(both: Flask, maya: Visitor, tmp_path: Path) -> None:
    courses.publish(both, altered(tmp_path, {"course.md": ("title: ", "title: Anew, ")}))
    courses.enrol(both, MAYA, context="asg_two")
    assert "Anew, " not in maya.get(THERE).page.h1
    assert "Anew, " in maya.get(f"{COURSE}/for/asg_two").page.h1
    assert maya.get(f"{THERE}/changes").status == 200


@on_sqlite
def test_lists_lead_to_each(both: Flask, maya: Visitor) -> None:
    record = leading(maya.get("/record").page)
    assert {COURSE, THERE} <= record
    assert COURSE in leading(maya.get("/courses").page)


@on_sqlite
def test_the_catalog_leads_on_where_a_course_is_only_assigned(app: Flask, maya: Visitor) -> None:
    courses.enrol(app, MAYA, context=SCHOOL)
    assert f"{THERE}/sections/noticing" in leading(maya.get("/courses").page)


# Whose it is


@on_sqlite
def test_signing_in_comes_back_to_it(both: Flask, stranger: Visitor) -> None:
    for path in ("", "/sections/noticing", "/exam", "/safety/fainting?newest=1"):
        led = stranger.get(f"{THERE}{path}", status=302).location
        assert led.replace("%3D", "=").replace("%3F", "?") == f"/sign-in?next={THERE}{path}"


@on_sqlite
def test_nobody_opens_the_context_of_another(both: Flask, zoe: Visitor) -> None:
    courses.enrol(both, ZOE)
    for path in PAGES:
        zoe.get(f"{THERE}{path}", status=404)
    zoe.get(f"{COURSE}/whole")


@on_sqlite
def test_an_ended_one_has_no_page(both: Flask, maya: Visitor) -> None:
    with both.app_context(), unit_of_work():
        courses.enrolment_of(MAYA, context=SCHOOL).state = EnrolmentState.ENDED
    maya.get(THERE, status=404)
    maya.get(COURSE)


@on_sqlite
def test_the_common_address_is_written_in_one_way(both: Flask, maya: Visitor) -> None:
    maya.get(f"{COURSE}/for/{OWN}", status=404)
    maya.get(f"{COURSE}/for/", status=404)


# The copy on a phone


def held(path: str) -> tuple[str | None, ...]:
    """Return what the service worker reads from an address: the course, and what of it."""
    (pattern,) = re.findall(r"^const coursePage = /(.*)/;$", OFFLINE.read_text(), re.MULTILINE)
    found = re.fullmatch(pattern.replace("\\/", "/").removeprefix("^").removesuffix("$"), path)
    return found.groups() if found else ()


@pytest.mark.parametrize("base", [COURSE, THERE])
def test_the_service_worker_knows_the_pages_of_each_context(base: str) -> None:
    assert held(base)[:1] == (base,)
    assert held(f"{base}/sections/noticing")[:3] == (base, "sections", "noticing")
    assert held(f"{base}/whole") == (base, None, None, "whole")
    assert held(f"{base}/exam") == ()


@on_sqlite
def test_a_copy_is_kept_for_each(both: Flask, maya: Visitor) -> None:
    copies = {
        leads
        for base in (COURSE, THERE)
        for leads in leading(maya.get(f"{base}/sections/noticing").page)
        if leads.endswith("/whole?kept")
    }
    assert copies == {f"{COURSE}/whole?kept", f"{THERE}/whole?kept"}


@on_sqlite
def test_a_second_enrolment_costs_a_page_nothing(app: Flask, maya: Visitor) -> None:
    courses.enrol(app, MAYA)

    def cost(path: str) -> int:
        maya.get(path)
        with asked(app) as statements:
            maya.get(path)
        return len(statements)

    pages = (COURSE, "/record", "/courses")
    before = [cost(path) for path in pages]
    courses.enrol(app, MAYA, context=SCHOOL)
    assert [cost(path) for path in pages] == before
    assert cost(THERE) == before[0] + 1, "one query asks on what terms the school gives the exam"


def test_the_model_says_where_it_is() -> None:
    assert str(CourseAddress("a", "asg_1")) == "a/for/asg_1"
    assert CourseAddress.parse("a/for/asg_1") == CourseAddress("a", "asg_1")
    assert CourseAddress.parse("a") == CourseAddress("a")
    assert CourseAddress.parse(f"a/for/{OWN}") is None
    assert Enrolment.__table__.c.context.nullable is False
