"""The whole course on one page, and the copy that a phone keeps."""

import re
from pathlib import Path

import pytest
from flask import Flask

from tests.factories import courses
from tests.factories.courses import SLUG, altered
from tests.support.people import MAYA, ZOE
from tests.support.queries import asked
from tests.support.visitor import Visitor

COURSE = f"/courses/{SLUG}"
FIRST, SECOND = f"{COURSE}/sections/noticing", f"{COURSE}/sections/adapting"
WHOLE = f"{COURSE}/whole"
OPEN_SHEET = f"{COURSE}/tools/heat-card"


# The whole course on one page


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_whole_course_stands_on_one_page(app: Flask, maya: Visitor) -> None:
    courses.enrol(app, MAYA)
    maya.get(WHOLE)
    with asked(app) as statements:
        page = maya.get(WHOLE).page
    assert len(statements) == 2
    assert maya.get(COURSE).page.links()["Read or print the whole course on one page"] == WHOLE
    for said in (
        "A few are ill.",
        "Leave sunburnt skin alone",
        "Sami and his red back",
        "Stop, call, cool, stay.",
        "Water on the table",
        "Warmed stones laid on the skin.",
        "Touch on burnt skin",
    ):
        assert said in page.text, said
    links = page.links()
    assert links["the first section"] == "#section-noticing--stop-signs"
    assert links["heat stroke"] == "#hazard-heat-stroke"
    ids = {element.get("id") for element in page.root.iter()}
    within = {href for href in links.values() if href.startswith("#")}
    assert {href.removeprefix("#") for href in within} <= ids
    assert page.forms == []
    decided = "Decide it, and see why : Sami and his red back"
    assert links[decided] == f"{SECOND}#case-sami-red-back"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_copy_that_a_phone_keeps_holds_nothing_of_a_person(
    app: Flask, maya: Visitor, zoe: Visitor
) -> None:
    """Whoever holds the phone can read it; so it is the same for everybody, message and all."""
    for person in (MAYA, ZOE):
        courses.enrol(app, person)
    maya.get(FIRST)
    maya.submit({}, action=f"{FIRST}/done")  # leaves her a message for her next page
    copy = maya.get(f"{WHOLE}?kept").html
    assert copy == zoe.get(f"{WHOLE}?kept").html
    start = maya.get("/kept").html
    assert start == zoe.get("/kept").html
    assert "Shown from this phone; kept on" in copy
    assert not [one for one in (MAYA.full_name, MAYA.email, "csrf", "<form") if one in copy + start]
    assert "marked as read" in maya.get(WHOLE).text  # the control: the message waited for this page


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_only_who_began_the_course_may_keep_it(
    app: Flask, stranger: Visitor, maya: Visitor
) -> None:
    pages = (FIRST, OPEN_SHEET, f"{COURSE}/glossary", f"{COURSE}/safety/heat-stroke")
    assert not [path for path in pages if "data-keep" in stranger.get(path).html]
    courses.enrol(app, MAYA)
    assert not [path for path in pages if "data-keep" not in maya.get(path).html]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_whole_course_holds_no_reason_and_no_case_of_the_exam(
    app: Flask, maya: Visitor
) -> None:
    courses.enrol(app, MAYA)
    text = maya.get(WHOLE).text
    made = courses.bundle()
    exam = [case.file.title for case in made.cases_in_pool("exam")]
    reasons = [
        option.rationale_html
        for case in made.cases_in_pool("practice")
        for step in made.built[case.slug].key.steps
        for option in step.options
    ]
    hidden = [re.sub(r"<[^>]+>", "", html).strip()[:40] for html in reasons]
    assert hidden
    assert not [one for one in (*exam, *hidden) if one in text]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_marks_of_what_awaits_review_are_explained_once_on_each_page(
    app: Flask, maya: Visitor, tmp_path: Path
) -> None:
    marked = "[awaiting review]"
    courses.publish(
        app,
        altered(
            tmp_path,
            {
                "sections/01-noticing.md": ("A few are ill.", f"A few are ill. {marked}"),
                "hazards/heat-stroke.md": ("cool, stay.", f"cool, stay. {marked}"),
                "tools/room-check.md": ("Water on the table", f"Water on the table {marked}"),
                "figures/cool-down.md": ("shade.\n---\n", f"shade.\n---\nIn order. {marked} "),
            },
        ),
    )
    courses.enrol(app, MAYA)
    explained = "Awaiting review: no clinician has checked this statement yet."
    for url, count in {
        FIRST: 1,
        f"{COURSE}/safety/heat-stroke": 1,
        f"{COURSE}/tools/room-check": 1,
        WHOLE: 3,
        SECOND: 0,
    }.items():
        for _ in range(2):  # from the cache, too
            page = maya.get(url).page
            signs = page.root.findall(".//button[@class='awaiting']")
            assert {sign.get("aria-label") for sign in signs} <= {"Awaiting review"}
            assert (len(signs) >= count, bool(signs)) == (True, count > 0), url
            assert page.text.count(explained) == (1 if count else 0), url
            assert marked not in page.text
