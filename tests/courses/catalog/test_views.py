"""The home page and the catalog."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from cpd.courses import credit, hooks
from cpd.courses.catalog import queries as catalog_queries
from tests.factories import courses
from tests.factories.courses import SLUG, altered
from tests.support import joints
from tests.support.people import MAYA
from tests.support.queries import asked
from tests.support.visitor import Visitor

COURSE = f"/courses/{SLUG}"
STUDY_ONLY = "For study; no CE credit"


# Finding one


def test_home_says_what_this_is_and_shows_the_courses(stranger: Visitor) -> None:
    page = stranger.get("/").page
    assert page.h1 == "Know when to treat, when to adapt, and when to stop."
    assert page.links()["Massage on a hot day"] == COURSE
    first = page.links()["Read the first section of Massage on a hot day"]
    assert first == f"{COURSE}/sections/noticing"


def test_the_provider_may_put_its_own_words_at_the_top(
    make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    (tmp_path / "home.md").write_text("Learn by *deciding*.\n\nBy {provider}, <i>always</i>.")
    visitor = Visitor(make_app(provider_pages=tmp_path, provider_name="Harbour & Sons"))
    page = visitor.get("/").page
    assert page.h1 == "Learn by deciding ."
    assert page.title == "Learn by deciding. – cpd"
    assert "By Harbour & Sons" in page.text
    assert "Know when to treat" not in page.text
    visitor.get("/provider/home", status=404)


def test_home_opens_with_a_case_to_decide_when_there_is_one(
    app: Flask, stranger: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert any("try" in form.action for form in stranger.get("/").page.forms)
    joints.answer(monkeypatch, app, hooks.open_case_card, lambda *_: None)
    assert stranger.get("/").page.forms == []


@pytest.mark.parametrize("path", ["/", "/courses", COURSE])
def test_everywhere_it_says_that_it_earns_no_credit(stranger: Visitor, path: str) -> None:
    assert STUDY_ONLY in stranger.get(path).text


def test_a_course_with_everything_on_file_does_not_say_so(
    stranger: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        credit, "find_missing_for_credit", lambda _, found: {one.revision.id: () for one in found}
    )
    assert STUDY_ONLY not in stranger.get("/courses").text
    text = stranger.get(COURSE).text
    assert STUDY_ONLY not in text
    assert "This course is approved for credit." in text


def test_a_learner_sees_how_far_they_are_and_goes_on(app: Flask, maya: Visitor) -> None:
    courses.enrol(app, MAYA)
    courses.finish(app, MAYA, "noticing")
    page = maya.get("/courses").page
    assert "1 of 2 sections read" in page.text
    assert page.links()["Continue with section 2"] == f"{COURSE}/sections/adapting"
    courses.finish(app, MAYA, "adapting")
    assert maya.get("/courses").page.links()["Go to the exam"] == f"{COURSE}#exam"


def test_a_long_catalog_has_pages(
    app: Flask, stranger: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog_queries, "PAGE", 1)
    courses.publish(app, altered(tmp_path, {}, slug="another-course"))
    links = stranger.get("/courses").page.links()
    assert links["Next page"] == "/courses?page=2"
    assert "All courses" in stranger.get("/").text
    stranger.get("/courses?page=2")
    stranger.get("/courses?page=3", status=404)
    stranger.get("/courses?page=0", status=404)
    stranger.get("/courses?page=x", status=404)


# Asking again


@pytest.mark.parametrize("path", ["/courses", COURSE, f"{COURSE}/references"])
def test_a_visitor_is_not_sent_the_same_page_twice(
    app: Flask, stranger: Visitor, tmp_path: Path, path: str
) -> None:
    first = stranger.get(path)
    assert first.header("Cache-Control") == "private, no-cache"
    known = {"If-None-Match": first.header("ETag")}
    assert stranger.get(path, status=304, headers=known).body == b""
    courses.publish(
        app,
        altered(
            tmp_path,
            {
                "course.md": ("title: Massage on a hot day", "title: Massage in the heat"),
                "references/ortiz-2021.md": ("Touch on burnt skin", "Touch on sore skin"),
            },
        ),
    )
    assert "in the heat" in stranger.get(path, headers=known).text


@pytest.mark.parametrize("path", ["/courses", COURSE])
def test_a_page_of_somebody_is_never_stored(maya: Visitor, path: str) -> None:
    answer = maya.get(path)
    assert answer.header("Cache-Control") == "no-store"
    assert answer.header("ETag") == ""


# How much it costs


def test_the_catalog_page_costs_the_same_however_many_courses(
    app: Flask, maya: Visitor, tmp_path: Path
) -> None:
    courses.enrol(app, MAYA)

    def cost() -> int:
        maya.get("/courses")
        with asked(app) as statements:
            maya.get("/courses")
        return len(statements)

    before = cost()
    for number in range(3):
        courses.publish(app, altered(tmp_path, {}, slug=f"course-{number}"))
        courses.enrol(app, MAYA, f"course-{number}")
    assert cost() == before <= 6
