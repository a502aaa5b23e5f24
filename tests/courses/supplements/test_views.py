"""Pages beside the sections: cards, sheets, sources, glossary, corrections, figures."""

from pathlib import Path

import pytest
from flask import Flask

from cpd.courses import queries
from cpd.db import db, unit_of_work
from tests.factories import courses
from tests.factories.courses import SLUG, altered, course_of
from tests.quizzes.exam_visitor import in_order
from tests.support.people import MAYA, ZOE
from tests.support.queries import asked
from tests.support.visitor import Visitor

pytestmark = pytest.mark.pages

COURSE = f"/courses/{SLUG}"
FIRST, SECOND = f"{COURSE}/sections/noticing", f"{COURSE}/sections/adapting"
SHEET = f"{COURSE}/tools/room-check"
WHOLE = f"{COURSE}/whole"


# Beside the text


def test_a_safety_topic_says_what_to_do_and_who_signed(stranger: Visitor) -> None:
    page = stranger.get(f"{COURSE}/safety/heat-stroke").page
    for text in (
        "Hot skin",
        "Emergency: call now",
        "Stop, call, cool, stay.",
        "“I am calling for help now and I stay with you.”",
        "Emergency services, at once.",
        "Guideline",
        "Awaiting a clinician’s signature",
        "Signs of heat illness seen outside hospital",
    ):
        assert text in page.text
    passage = page.links()["Read the passage in “Noticing heat illness”"]
    assert passage == f"{FIRST}#stop-signs"


def test_a_card_whose_signs_differ_in_urgency_shows_a_range(app: Flask, maya: Visitor) -> None:
    text = maya.get(f"{COURSE}/safety/sunburn").text
    assert in_order(
        text,
        "Burnt skin",
        "Change the plan to Not today: reschedule",
        "The signs Not today: reschedule Blisters Change the plan Red, sore skin",
        "The rule Leave the burnt skin alone.",
    )
    listed = maya.get(COURSE).text
    assert "Not today: reschedule Burnt skin (from “Change the plan”)" in listed
    courses.enrol(app, MAYA)
    assert "Change the plan to Not today: reschedule" in maya.get(WHOLE).text


def test_a_card_of_an_older_version_is_shown_as_ever(app: Flask, maya: Visitor) -> None:
    """Its front holds one decision and a list of signs; people are enrolled in that version."""
    now = courses.front_of(app, "hazard:heat-stroke")
    old = {**now, "decision": "emergency", "signs": ["Confusion", "Cold sweat"]}
    courses.publish_as_once(app, "hazard:heat-stroke", old)
    courses.enrol(app, MAYA)
    text = maya.get(f"{COURSE}/safety/heat-stroke").text
    assert in_order(text, "Emergency: call now", "The signs Confusion Cold sweat", "The rule")
    assert "Emergency: call now Heat stroke" in maya.get(COURSE).text
    assert in_order(maya.get(WHOLE).text, "Emergency: call now Confusion Cold sweat The rule")


def test_a_signature_under_this_very_text_is_named(app: Flask, stranger: Visitor) -> None:
    with app.app_context():
        part = course_of(ZOE).outline.hazard("heat-stroke")
        assert part is not None
        signed = queries.find_revision_of_part(db.session(), part).content_hash
        with unit_of_work() as session:
            courses.add_entry(
                session, "hazard:heat-stroke", "sign-off", hash=signed, by="Dr R. Menon"
            )
    text = stranger.get(f"{COURSE}/safety/heat-stroke").text
    assert "Dr R. Menon" in text
    assert "Awaiting" not in text


def test_a_sheet_is_made_to_be_printed(app: Flask, maya: Visitor) -> None:
    courses.enrol(app, MAYA)
    text = maya.get(SHEET).text
    assert "Water on the table" in text
    assert "Massage on a hot day, version of 23 November 2026." in text


def test_all_sources_stand_with_what_is_known_of_them(stranger: Visitor) -> None:
    text = stranger.get(f"{COURSE}/references").text
    for said in (
        "3 sources",
        "Nobody has looked it up yet.",
        "It was withdrawn by its publisher.",
        "Touch on burnt skin",
        "PMID 12345678",
        "10 January 2026, Ada Lindqvist: Abstract seen.",
    ):
        assert said in text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_each_source_says_where_it_is_used_and_names_no_case_of_the_exam(
    stranger: Visitor,
) -> None:
    page = stranger.get(f"{COURSE}/references").page
    links = page.links()
    assert links["section 2, Adapting the plan"] == SECOND
    assert links["case “Sami and his red back”"] == f"{SECOND}#case-sami-red-back"
    assert links["safety topic “Burnt skin”"] == f"{COURSE}/safety/sunburn"
    assert "2 exam cases" in page.text
    exam = [case.file.title for case in courses.bundle().cases_in_pool("exam")]
    assert not [title for title in exam if title in page.text]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_glossary_leads_to_where_each_word_is_explained(
    app: Flask, stranger: Visitor, tmp_path: Path
) -> None:
    page = stranger.get(f"{COURSE}/glossary").page
    links = [one for one in page.links().items() if "Section" in one[0]]
    assert links == [
        ("Section 2, Adapting the plan : Hot stones", f"{SECOND}#burnt-skin"),
        ("Section 1, Noticing heat illness : Stumbling walk", f"{FIRST}#stop-signs"),
    ]
    linked = {
        "sections/01-noticing.md": (
            "**stumbling walk**",
            "**[stumbling walk](term:stumbling-walk)**",
        )
    }
    courses.publish(app, altered(tmp_path, linked))
    assert (
        stranger.get(FIRST).page.links()["stumbling walk"]
        == f"{COURSE}/glossary#term-stumbling-walk"
    )


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_course_without_a_glossary_has_no_such_page(
    app: Flask, stranger: Visitor, tmp_path: Path
) -> None:
    folder = altered(tmp_path, {})
    (folder / "glossary.md").unlink()
    courses.publish(app, folder)
    assert "has no glossary" in stranger.get(f"{COURSE}/glossary", status=404).text
    assert "Look up a word" not in stranger.get(COURSE).text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_was_corrected_is_gathered_with_the_way_to_it(stranger: Visitor) -> None:
    assert "See what we corrected in our source" in stranger.get(COURSE).text
    page = stranger.get(f"{COURSE}/corrections").page
    assert "An older text told therapists to rub burnt skin with oil." in page.text
    assert page.links()["Read it in context : Adapting the plan, 1"] == f"{SECOND}#burnt-skin"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_course_without_corrections_has_no_page_for_them(
    app: Flask, stranger: Visitor, tmp_path: Path
) -> None:
    courses.publish(
        app, altered(tmp_path, {"sections/02-adapting.md": ("!!! corrected", "!!! caution")})
    )
    assert "See what we corrected" not in stranger.get(COURSE).text
    missing = stranger.get(f"{COURSE}/corrections", status=404)
    assert "This course does not mark anything as corrected." in missing.text


# How much it costs


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("page", ["references", "corrections", "glossary"])
def test_pages_about_sources_cost_as_much_as_finding_the_course(
    app: Flask, stranger: Visitor, page: str
) -> None:
    stranger.get(f"{COURSE}/{page}")
    with asked(app) as statements:
        stranger.get(f"{COURSE}/{page}")
    assert len(statements) == (2 if page == "glossary" else 1)


# A table to search


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_table_is_searched_without_a_script(
    app: Flask, stranger: Visitor, tmp_path: Path
) -> None:
    table = (
        "open: true\nsearchable: true\n---\n| Plant | Note | Seen |\n|---|---|---|\n"
        "| **Aloe** | Cool [@ortiz-2021] | Yes |\n| **Birch** | Warm [@heat-board] | No |\n\n"
    )
    courses.publish(app, altered(tmp_path, {"tools/heat-card.md": ("open: true\n---\n", table)}))
    url = f"{COURSE}/tools/heat-card"
    page = stranger.get(url).page
    assert "Find in “Plant”" in page.text
    for said in ("Aloe", "Birch", "Touch on burnt skin"):
        assert said in stranger.get(url).text
    page = stranger.get(f"{url}?find=ALO").page
    assert "1 row of 2 has “ALO”." in page.text
    assert "Birch" not in page.text
    assert [one.text for one in page.root.iter("mark")] == ["Alo"]
    assert page.links()["Show all rows"] == url
    missing = stranger.get(f"{url}?find=<b>oak").page
    assert "No row has “<b>oak”, so all 2 are shown." in missing.text
    assert "Birch" in missing.text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_another_sheet_cannot_be_searched(stranger: Visitor) -> None:
    """The control: without the key, there is no field and nothing is left out."""
    url = f"{COURSE}/tools/heat-card"
    assert stranger.get(f"{url}?find=nothing").page.text == stranger.get(url).page.text
    assert "Find in" not in stranger.page.text
