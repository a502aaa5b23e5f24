"""The record: where a learner was, what came of it, and whose it is."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from markupsafe import Markup

from cpd.courses import hooks
from cpd.courses.models import Enrolment, EnrolmentState
from cpd.db import unit_of_work
from cpd.kernel import clock as kernel_clock
from tests.factories import courses
from tests.factories.accounts import let_in
from tests.factories.courses import SLUG, altered
from tests.factories.quizzes import Learner
from tests.support import joints
from tests.support.moved_clock import MovedClock
from tests.support.people import MAYA, ZOE
from tests.support.queries import asked
from tests.support.visitor import Visitor

COURSE = f"/courses/{SLUG}"
NEWCOMER = "Begin with a course: its first section is open to everyone."


@pytest.fixture
def _no_panels(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    joints.fill(monkeypatch, app, hooks.record_panels)


def test_a_visitor_signs_in_first(stranger: Visitor) -> None:
    assert stranger.get("/record", status=302).location == "/sign-in?next=/record"


def test_who_is_no_learner_has_no_record(ines: Visitor) -> None:
    assert "/record" not in ines.get("/").page.links().values()
    ines.get("/record", status=403)


def test_a_new_learner_is_shown_the_way(maya: Visitor) -> None:
    page = maya.get("/record").page
    assert NEWCOMER in page.text
    assert page.links()["See the courses"] == "/courses"
    assert maya.get("/").page.links()["My record"] == "/record"


def test_it_leads_back_to_where_the_learner_was(app: Flask, maya: Visitor) -> None:
    courses.enrol(app, MAYA)
    courses.finish(app, MAYA, "noticing")
    page = maya.get("/record").page
    assert "1 of 2 sections read" in page.text
    assert "about one minute of reading left" in page.text
    assert "Continue here" in page.text
    assert "Section 2, “Adapting the plan”" in page.text
    assert page.links()["Continue with section 2"] == f"{COURSE}/sections/adapting"


def test_an_open_try_is_one_press_away_and_a_pause_is_told(
    app: Flask, maya: Visitor, clock: MovedClock
) -> None:
    learner = Learner(app, MAYA).study()
    attempt = f"/attempts/{learner.start()}"
    assert maya.get("/record").page.links()["Continue the exam: case 1 of 6"] == attempt
    learner.hand_in(attempt.rpartition("/")[2])
    page = maya.get("/record").page
    assert page.links()["Result of try 1 and next steps"] == f"{attempt}/result"
    assert "You can try the exam again at" not in page.text, "no pause after the first"
    second = learner.start()
    learner.hand_in(second)
    assert "You can try the exam again at" in maya.get("/record").text
    clock.advance(hours=13)
    let_in(maya, MAYA)
    assert "You can try the exam again at" not in maya.get("/record").text


def test_a_pass_that_waits_for_a_name_leads_to_it(
    app: Flask, maya: Visitor, clock: MovedClock, tmp_path: Path
) -> None:
    limit = {"exam.md": ("time_limit_minutes: null", "time_limit_minutes: 30")}
    courses.publish(app, altered(tmp_path, limit, slug="timed"))
    learner = Learner(app, MAYA, "timed").study()
    attempt = learner.start()
    learner.answer_all(attempt)
    clock.advance(hours=1)
    page = maya.get("/record").page
    assert "Your exam time is over: see the result" in page.links()
    maya.post(f"/attempts/{attempt}/closing")
    page = maya.get("/record").page
    assert page.links()["Confirm them"] == f"/attempts/{attempt}/submission"
    assert page.links()["Passed: confirm your name for the certificate"]
    assert "Your first certificate will appear here." not in page.text


def test_the_newest_reading_comes_first(
    app: Flask, maya: Visitor, clock: MovedClock, tmp_path: Path
) -> None:
    title = {"course.md": (f"id: {SLUG}\ntitle: Massage on", "id: other-course\ntitle: Another")}
    other = altered(tmp_path, {})
    text = (other / "course.md").read_text()
    (other / "course.md").write_text(text.replace(*title["course.md"]))
    courses.publish(app, other.rename(tmp_path / "other-course"))
    courses.enrol(app, MAYA)
    clock.advance(hours=1)
    courses.enrol(app, MAYA, "other-course")
    assert first_course(maya) == "Another a hot day"
    clock.advance(hours=1)
    courses.finish(app, MAYA, "noticing")
    assert first_course(maya) == "Massage on a hot day"
    assert "Also in progress" in maya.page.text


def first_course(visitor: Visitor) -> str:
    links = visitor.get("/record").page.links()
    return next(text for text in links if text.endswith("a hot day"))


@pytest.mark.usefixtures("_no_panels")
def test_a_course_that_is_done_is_not_under_way(app: Flask, maya: Visitor) -> None:
    courses.enrol(app, MAYA)
    with app.app_context(), unit_of_work() as session:
        session.scalars(sa.select(Enrolment)).one().state = EnrolmentState.COMPLETED
    text = maya.get("/record").text
    assert "Continue here" not in text
    assert NEWCOMER not in text


def test_who_ended_a_course_is_no_newcomer(app: Flask, maya: Visitor) -> None:
    courses.enrol(app, MAYA)
    with app.app_context(), unit_of_work() as session:
        own = session.scalars(sa.select(Enrolment)).one()
        own.state, own.ended_at = EnrolmentState.ENDED, kernel_clock.now()
    assert NEWCOMER not in maya.get("/record").text


def test_results_and_certificates_come_from_the_other_rooms(
    app: Flask, maya: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    joints.fill(
        monkeypatch,
        app,
        hooks.record_panels,
        lambda *_: Markup("<h2>Exams</h2>"),
        lambda *_: Markup("<h2>Certificates</h2>"),
    )
    courses.enrol(app, MAYA)
    text = maya.get("/record").text
    assert text.index("Continue here") < text.index("Exams") < text.index("Certificates")


def test_nobody_sees_anothers_record(app: Flask, zoe: Visitor) -> None:
    courses.enrol(app, MAYA)
    assert "Massage on a hot day" not in zoe.get("/record").text


def test_it_costs_the_same_however_many_courses(app: Flask, maya: Visitor, tmp_path: Path) -> None:
    courses.enrol(app, MAYA)

    def cost() -> int:
        maya.get("/record")
        with asked(app) as statements:
            maya.get("/record")
        return len(statements)

    def study(slug: str) -> None:
        later = kernel_clock.now() + timedelta(minutes=1)
        courses.count_minute(app, MAYA, "noticing", slug=slug, now=later)

    study(SLUG)
    before = cost()
    for number in range(3):
        courses.publish(app, altered(tmp_path, {}, slug=f"course-{number}"))
        courses.enrol(app, MAYA, f"course-{number}")
        study(f"course-{number}")
    assert cost() == before <= 16


def test_zoe_has_her_own(app: Flask, zoe: Visitor) -> None:
    courses.enrol(app, ZOE)
    assert "Continue here" in zoe.get("/record").text
