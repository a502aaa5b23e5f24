"""The course page: what everybody may see before they begin, and beginning."""

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.authoring.checks import numbers
from cpd.authoring.checks import output as check
from cpd.courses.models import Enrolment, EnrolmentDisclosure
from cpd.courses.rules.disclosure import DisclosureLine, disclosure_as_text
from cpd.db import db
from tests.factories import courses
from tests.factories.courses import SLUG, altered
from tests.support.pages import Page, words
from tests.support.people import MAYA
from tests.support.queries import asked
from tests.support.visitor import Visitor

pytestmark = pytest.mark.pages

COURSE = f"/courses/{SLUG}"
STUDY_ONLY = "For study; no CE credit"


def told(page: Page) -> str:
    """Return what is folded beside the button, or was, as one text."""
    folded = next(it for it in page.all("details") if "Financial interests" in words(it))
    facts: list[Element] = list(folded.iter("dl"))
    lines = [(words(one[0]), words(one[1])) for one in facts[0]]
    return "\n".join(f"{label}: {text}" for label, text in lines)


# One course


def test_button_and_contents_come_before_the_prose(stranger: Visitor) -> None:
    html = stranger.get(COURSE).html
    places = [html.index(said) for said in ("Sign in to start", ">Contents<", "By the end you can")]
    assert places == sorted(places)


def test_what_is_closed_has_a_lock_and_says_what_opens_it(app: Flask, maya: Visitor) -> None:
    text = maya.get(COURSE).text
    assert "Section 1 is open to everyone. The others open when you start the course." in text
    assert "Locked sheets open when you start the course." in text
    assert text.count("Open to all") == text.count("Locked ") - 1 == 2
    courses.enrol(app, MAYA)
    assert "Locked" not in maya.get(COURSE).text


def test_a_course_is_called_free_only_where_the_site_knows_it(
    make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    (tmp_path / "cost.md").write_text("Forty dollars.")
    free, paid = make_app(), make_app(provider_pages=tmp_path)
    for app, is_free in ((free, True), (paid, False)):
        visitor = Visitor(app)
        assert ("Courses, exams and certificates are free." in visitor.get("/").text) is is_free
        assert (" free " in visitor.get("/courses").text) is is_free
        page = visitor.get(COURSE).page
        assert ("Free. Before you start" in page.text) is is_free
        assert ("Cost: Nothing is charged" in told(page)) is is_free


def test_the_course_page_tells_all_that_a_learner_must_know(stranger: Visitor) -> None:
    text = told(stranger.get(COURSE).page)
    for label in (
        "Course: Massage on a hot day. Version of 23 November 2026.",
        "Subjects: Client safety, Adapting treatment",
        "Clinical sign-off: Pending: no clinician has signed this version yet.",
        "You will be able to: Notice the signs of heat illness",
        "Written by: Ada Lindqvist, LMT (Author)",
        "Financial interests: None",
        "How you take part: Home study at your own pace: read 2 sections, decide 4 practice cases",
        "words ÷ 200 words a minute = ",
        "To pass: 75% of the marks in an exam of 6 cases",
        ", and no critical decision, such as treating through the signs of an emergency.",
        "An unsafe decision earns nothing, and the result names it.",
        "Credit: For study; no CE credit. Not on file yet:",
        "Dates: Released 15 January 2026 · not reviewed yet · next review by 15 January 2027",
        "Sources: 3 sources",
        "Before you begin: introductory",
        "You need: A browser",
        "Cost: Nothing is charged",
        "What is kept: ",
        "Provider: cpd",
    ):
        assert label.replace("\N{NO-BREAK SPACE}", " ") in text.replace("\N{NO-BREAK SPACE}", " ")


def test_the_hours_are_the_same_wherever_they_stand(stranger: Visitor) -> None:
    credit = numbers.compute_reading_credit(courses.bundle())
    sums = [
        f"{time.words} words ÷ 200 words a minute = {time.minutes_to_one_decimal} minutes"
        for time in (credit.sections, credit.practice, credit.total_time)
    ]
    page = stranger.get(COURSE).page
    for said in (
        *sums,
        f"so {credit.word_count} words would be {credit.ce_text} CE. No credit is granted.",
    ):
        assert said in page.text
    assert sums[-1] in told(page)
    assert f"would be {credit.ce_text} CE. No credit is granted." in told(page)
    assert credit.practice.words > 100
    printed = str(check.build_reading_table(courses.bundle()))
    assert credit.total_time.arithmetic in printed
    assert f"this would be {credit.ce_text} CE." in printed


def test_a_visitor_is_led_to_what_is_open_without_an_account(
    app: Flask, stranger: Visitor, maya: Visitor
) -> None:
    links = stranger.get(COURSE).page.links()
    assert links["Read the first section"] == f"{COURSE}/sections/noticing"
    assert links["Decide one case"] == "/try?course=small-course"
    assert "Decide one case" in maya.get(COURSE).page.links()
    courses.enrol(app, MAYA)
    assert "Decide one case" not in maya.get(COURSE).page.links()


def test_a_review_that_happened_is_told(app: Flask, stranger: Visitor, tmp_path: Path) -> None:
    changed = {"course.md": ("reviewed: null", "reviewed: 2026-06-01")}
    courses.publish(app, altered(tmp_path, changed))
    assert "reviewed 1 June 2026" in told(stranger.get(COURSE).page)


def test_the_rules_of_the_exam_stand_in_five_lines(stranger: Visitor) -> None:
    text = stranger.get(COURSE).text
    for line in (
        "6 client cases, at least 2 with warning signs",
        "Treating through an emergency is never a pass, whatever the score.",
        "One step too careful earns half, because a client who could safely be helped was",
        "After the first you can try again at once. After later ones you wait 12 hours.",
        "No limit. You can stop and come back, and change any answer until you submit.",
    ):
        assert line in text


def test_other_rules_read_otherwise(app: Flask, stranger: Visitor, tmp_path: Path) -> None:
    strict = {
        "exam.md": (
            "tries: null\npause_hours: {first: 0, later: 12}\ntime_limit_minutes: null",
            "tries: 3\npause_hours: {first: 24, later: 24}\ntime_limit_minutes: 40",
        )
    }
    courses.publish(app, altered(tmp_path, strict))
    text = stranger.get(COURSE).text
    assert "3 tries. After a try that is not a pass, you wait 24 hours." in text
    assert "40 minutes." in text


def test_safety_topics_are_listed_by_what_is_done_first(stranger: Visitor) -> None:
    page = stranger.get(COURSE).page
    order = [text for text in page.links() if text in ("Burnt skin", "Fainting", "Heat stroke")]
    assert order == ["Burnt skin", "Fainting", "Heat stroke"]


@pytest.mark.parametrize(
    "path",
    [
        "/courses/nothing",
        "/courses/nothing/sections/noticing",
        "/courses/nothing/safety/fainting",
        "/courses/nothing/tools/room-check",
        "/courses/nothing/references",
        "/courses/nothing/corrections",
        "/courses/nothing/glossary",
        f"{COURSE}/sections/nothing",
        f"{COURSE}/sections/heat-stroke",
        f"{COURSE}/safety/nothing",
        f"{COURSE}/safety/noticing",
        f"{COURSE}/tools/nothing",
    ],
)
def test_what_is_not_there(maya: Visitor, path: str) -> None:
    assert "There is no page here." in maya.get(path, status=404).text


# Beginning


def test_a_visitor_is_asked_to_sign_in(stranger: Visitor) -> None:
    html = stranger.get(COURSE).html
    assert html.index(STUDY_ONLY) < html.index("Sign in to start")
    assert stranger.page.links()["Sign in to start"] == f"/sign-in?next={COURSE}"


def test_maya_begins_and_what_she_saw_is_kept(app: Flask, maya: Visitor) -> None:
    answer = maya.get(COURSE)
    before = answer.html[: answer.html.index('<button class="btn" type="submit">Start')]
    assert STUDY_ONLY in before
    assert "Start this course" not in answer.page.links(), "one button, which starts it"
    shown = told(answer.page)
    assert maya.submit(action="/enrolment").location == f"{COURSE}/sections/noticing"
    with app.app_context():
        kept = db.session.scalars(sa.select(EnrolmentDisclosure)).one()
        lines = [DisclosureLine.from_json(line) for line in kept.lines]
        assert " ".join(disclosure_as_text(lines).split()) == " ".join(shown.split())
        assert [line.label for line in lines if line.items] == ["You will be able to"]
    page = maya.get(COURSE).page
    assert "Begin with section 1" in page.links()
    assert "What we told you when you started on 23 November 2026 (UTC)" in page.text
    assert "Financial interests" in page.text
    assert told(page) == shown, "what was kept is shown as it was, objectives as a list"
    assert "<li>Notice the signs of heat illness and send the client to the right help;</li>" in (
        maya.get(COURSE).html
    )


def test_beginning_twice_leads_to_the_same_place(app: Flask, maya: Visitor) -> None:
    maya.get(COURSE)
    first = maya.page
    maya.submit(action="/enrolment")
    fields = dict(first.forms[-1].fields)
    sent = {name: fields[name] for name in ("version", "shown")}
    assert maya.post(f"{COURSE}/enrolment", sent).location == f"{COURSE}/sections/noticing"
    with app.app_context():
        assert len(db.session.scalars(sa.select(Enrolment)).all()) == 1


def test_what_changed_since_the_page_was_opened_is_shown_again_first(
    app: Flask, maya: Visitor, tmp_path: Path
) -> None:
    maya.get(COURSE)
    changed = {"course.md": ("disclosures: None", "disclosures: She sells fans")}
    courses.publish(app, altered(tmp_path, changed))
    answer = maya.submit(action="/enrolment", status=409)
    assert "Please read it again, then start." in answer.text
    assert "She sells fans" in answer.text
    assert [
        it for it in answer.page.all("details") if "open" in it.attrib and "She sells" in words(it)
    ]
    with app.app_context():
        assert db.session.scalars(sa.select(Enrolment)).all() == []
    assert maya.submit(action="/enrolment").location == f"{COURSE}/sections/noticing"


def test_a_version_that_appears_in_the_last_moment_is_shown_first(
    app: Flask, maya: Visitor, tmp_path: Path
) -> None:
    # The same words, another version: only the version's id tells them apart.
    maya.get(COURSE)
    changed = {"references/ortiz-2021.md": ("Sixty people", "Seventy people")}
    courses.publish(app, altered(tmp_path, changed))
    text = maya.submit(action="/enrolment", status=409).text
    assert "Please read it again, then start." in text


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"version": "rev_x"}, id="no hash"),
        pytest.param({"version": "rev_x", "shown": "x", "pass": "1"}, id="a foreign field"),
        pytest.param({"version": ["a", "b"], "shown": "x"}, id="twice"),
    ],
)
def test_a_form_that_is_not_ours(app: Flask, maya: Visitor, sent: dict[str, str]) -> None:
    maya.get(COURSE)
    maya.post(f"{COURSE}/enrolment", sent, status=400)
    with app.app_context():
        assert db.session.scalars(sa.select(Enrolment)).all() == []


def test_an_unknown_course_cannot_be_begun(maya: Visitor) -> None:
    maya.get(COURSE)
    maya.post("/courses/nothing/enrolment", {"version": "x", "shown": "x"}, status=404)


def test_who_is_no_learner_is_told_so(ines: Visitor) -> None:
    text = ines.get(COURSE).text
    assert "To take it, with its practice cases and exam, you also need the learner role" in text
    ines.get("/profile")
    ines.post(f"{COURSE}/enrolment", {"version": "x", "shown": "x"}, status=403)


def test_a_visitor_cannot_begin(app: Flask, stranger: Visitor) -> None:
    stranger.get("/sign-in")
    answer = stranger.post(f"{COURSE}/enrolment", {"version": "x", "shown": "x"})
    assert answer.location.startswith("/sign-in")


def test_no_course_page_tells_what_an_exam_case_says(stranger: Visitor) -> None:
    secret = [case.body.html for case in courses.bundle().cases if case.file.pool == "exam"]
    html = stranger.get(COURSE).html
    assert secret
    assert not [one for one in secret if re.sub(r"<[^>]+>", "", one)[:60] in html]


# The outline


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_outline_says_what_a_reviewer_asks_for(
    app: Flask, stranger: Visitor, tmp_path: Path
) -> None:
    outline = f"{COURSE}/outline"
    label = "See the outline: minutes, objectives, cases, sources and the exam"
    assert stranger.get(COURSE).page.links()[label] == outline
    with asked(app) as statements:
        text = stranger.get(outline).text
    assert len(statements) == 2  # the course, and its approvals
    for said in (
        "1. Noticing heat illness",
        "Sami and his red back",
        "By NCBTMB’s rule for home study",
        "No individual statement of financial interests is on file.",
        "No standard-setting study is on file: no panel of judges has rated the cases.",
        "Touch on burnt skin",
    ):
        assert said in text, said
    assert "Recommended before you begin" not in text
    changed = {
        "course.md": (
            "    role: Author\n",
            "    role: Author\n    disclosure: She sells fans.\nentry: First aid\n",
        ),
        "exam.md": ("tries:", "standard_setting: Seven judges rated each case.\ntries:"),
    }
    courses.publish(app, altered(tmp_path, changed))
    text = stranger.get(outline).text
    for said in (
        "Recommended before you begin First aid",
        "Financial interests: She sells fans.",
        "How the pass mark was set Seven judges rated each case.",
    ):
        assert said in text, said
    assert "on file" not in text.partition("How the pass mark was set")[2]
