"""A lesson: prepared by its instructor, decided on phones without an account, discussed by all."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from cpd.db import db, unit_of_work
from cpd.organisations.models import School
from cpd.schools.cohorts.models import Cohort
from cpd.schools.lessons import actions
from cpd.schools.lessons.models import LessonAnswer, LessonRun
from cpd.schools.lessons.queries import LONGEST_RUN
from tests.factories import accounts, schools
from tests.support.moved_clock import MovedClock
from tests.support.people import RAVI
from tests.support.queries import asked
from tests.support.visitor import Visitor

FIRST, SECOND, EXAM = "rosa-stumbles", "sami-red-back", "leo-as-usual"
SCHOOL = "/schools/harbour-school"


@pytest.fixture
def run(app: Flask, evening: Cohort) -> LessonRun:
    """A lesson with two cases that has just begun."""
    return schools.begin(app, schools.lesson(app, evening, FIRST, SECOND))


def live(run: LessonRun) -> str:
    """Return the address of a lesson on phones."""
    return f"/schools/live/{run.code}"


def class_page(run: LessonRun) -> str:
    """Return the address of the page for the projector."""
    return f"{SCHOOL}/lessons/runs/{run.public_id}"


def show(instructor: Visitor, run: LessonRun, place: int, phase: str) -> None:
    """Show the class a case, or its answer."""
    form = {"place": place, "phase": phase}
    instructor.post(f"{class_page(run)}/place", form, status=303)


def answers(app: Flask) -> list[tuple[int, str]]:
    """Return what is stored of the answers."""
    with app.app_context():
        rows = db.session.scalars(select(LessonAnswer)).all()
        return [(row.place, row.choice.value) for row in rows]


def test_an_instructor_prepares_a_lesson_of_practice_cases(ravi: Visitor, evening: Cohort) -> None:
    ravi.get(f"{SCHOOL}/classes/{evening.public_id}")
    new = f"{SCHOOL}/classes/{evening.public_id}/lessons/new"
    page = ravi.get(f"{new}?course=small-course")
    assert 'value="rosa-stumbles"' in page.html
    assert EXAM not in page.html
    ravi.submit({"title": "When to stop", "cases": [SECOND, FIRST]}, status=303)
    assert "2 cases" in ravi.follow().text
    ravi.submit(action=f"{ravi.answer.path}/runs" if ravi.answer else None, status=303)
    assert "Case 2 of 2" in ravi.follow().text
    sent = {"course": "small-course", "title": "Exam", "cases": [EXAM]}
    ravi.post(new, sent, status=422)
    assert "Choose at least one case." in ravi.post(new, {**sent, "cases": []}, status=422).text


def test_a_phone_decides_once_and_is_told_the_result(
    app: Flask, run: LessonRun, ravi: Visitor, visitor: Callable[[], Visitor]
) -> None:
    phone, other, late = visitor(), visitor(), visitor()
    late.get(live(run))
    phone.get(f"/schools/live?code={run.code.lower()}", status=303)
    assert "The result" not in phone.follow().text
    phone.submit({"choice": "proceed"}, status=303)
    assert "Your answer counts." in phone.follow().text
    sent = {"place": 1, "choice": "emergency"}
    phone.post(f"{live(run)}/answers", sent, status=303)  # as from a page that was open before
    other.get(live(run))
    other.submit({}, status=422)
    other.submit({"choice": "same_day"}, status=303)
    assert answers(app) == [(1, "proceed"), (1, "same_day")]
    show(ravi, run, 1, "answer")
    told = phone.get(live(run)).text
    assert "You decided: Go ahead." in told
    assert "1 of 2 in the class decided as you did." in told
    late.post(f"{live(run)}/answers", sent, status=303)
    assert "You did not decide this case." in late.follow().text
    assert len(answers(app)) == 2
    show(ravi, run, 2, "asking")
    assert "Case 2 of 2" in phone.get(live(run)).text


def test_what_is_stored_names_nobody(app: Flask, run: LessonRun, maya: Visitor) -> None:
    set_cookie = maya.get(live(run)).header("Set-Cookie")
    token = set_cookie.partition("lesson-device=")[2].partition(";")[0]
    assert f"Path={live(run)}" in set_cookie
    maya.submit({"choice": "proceed"}, status=303)
    with app.app_context():
        row = db.session.scalars(select(LessonAnswer)).one()
    assert set(row.__table__.columns.keys()) == {
        *("id", "run_id", "place", "device_digest", "choice")
    }
    assert token
    assert token not in row.device_digest


def test_the_class_page_holds_every_case_and_its_reasons(
    app: Flask, run: LessonRun, ravi: Visitor, stranger: Visitor
) -> None:
    ravi.get(class_page(run))  # what never changes is cached now
    with asked(app) as none_yet:
        page = ravi.get(class_page(run))
    assert page.html.count("The answer and the reasons") == 2
    assert page.html.count("Based on") >= 10
    stranger.get(live(run))
    stranger.submit({"choice": "proceed"}, status=303)
    with asked(app) as one:
        hands = ravi.get(f"{class_page(run)}?place=1&proceed=4&modify=x")
    assert 'data-count="5"' in hands.html
    assert len(one) == len(none_yet)


def test_polls_cost_one_query_and_say_nothing_new_with_304(
    app: Flask, run: LessonRun, stranger: Visitor, ravi: Visitor
) -> None:
    stranger.get(live(run))
    for address in ("state", "tally"):
        with asked(app) as statements:
            first = stranger.get(f"{live(run)}/{address}")
        assert len(statements) == 1
        known = {"If-None-Match": first.header("ETag")}
        stranger.get(f"{live(run)}/{address}", headers=known, status=304)
    tag = {"If-None-Match": stranger.get(f"{live(run)}/tally").header("ETag")}
    stranger.post(f"{live(run)}/answers", {"place": 1, "choice": "modify"}, status=303)
    counted = stranger.get(f"{live(run)}/tally", headers=tag).json
    assert counted["1"]["modify"] == 1
    state = {"If-None-Match": stranger.get(f"{live(run)}/state").header("ETag")}
    show(ravi, run, 2, "asking")
    assert stranger.get(f"{live(run)}/state", headers=state).json == {"place": 2, "phase": "asking"}


def test_a_code_works_until_the_lesson_ends_or_the_day_does(
    run: LessonRun, stranger: Visitor, clock: MovedClock
) -> None:
    stranger.get("/schools/live")
    stranger.get(live(run))
    clock.advance(seconds=LONGEST_RUN.total_seconds() - 1)
    stranger.get(live(run))
    clock.advance(seconds=1)
    for path in (live(run), f"{live(run)}/state", f"{live(run)}/tally"):
        stranger.get(path, status=404)
    stranger.post(f"{live(run)}/answers", {"place": 1, "choice": "modify"}, status=404)
    stranger.post(f"{live(run)}/answers", {"place": 1, "choice": "x"}, status=404)


def test_the_instructor_ends_it(run: LessonRun, ravi: Visitor, stranger: Visitor) -> None:
    assert "This lesson is over." not in ravi.get(class_page(run)).text
    ravi.post(f"{class_page(run)}/end", status=303)
    assert "This lesson is over." in ravi.get(class_page(run)).text
    assert "No lesson is using this code" in stranger.get(live(run), status=404).text
    stranger.get(f"/schools/live?code={run.code}", status=404)


def test_a_run_shows_only_its_own_cases(run: LessonRun, ravi: Visitor) -> None:
    for form, status in (
        ({"place": 3, "phase": "asking"}, 404),
        ({"place": 0, "phase": "asking"}, 404),
        ({"place": "x", "phase": "asking"}, 400),
        ({"place": 1, "phase": "over"}, 400),
    ):
        ravi.post(f"{class_page(run)}/place", form, status=status)


def test_nobody_fills_the_table(
    app: Flask, run: LessonRun, stranger: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_DEVICES", 0)
    stranger.get(live(run))
    stranger.submit({"choice": "proceed"}, status=303)
    assert "More phones have answered" in stranger.follow().text
    assert answers(app) == []


def test_a_lesson_can_be_removed_and_leaves_out_cases_that_are_gone(
    app: Flask, evening: Cohort, ravi: Visitor
) -> None:
    gone = schools.lesson(app, evening, "no-longer-there")
    page = f"{SCHOOL}/lessons/{gone.public_id}"
    assert "no longer in the course" in ravi.get(page).text
    assert "Prepare another lesson." in ravi.post(f"{page}/runs", status=409).text
    ravi.post(f"{page}/removal", status=303)
    assert "No lesson has been prepared" in ravi.follow().text
    ravi.get(page, status=404)


def test_an_archived_class_takes_no_lesson(app: Flask, evening: Cohort, ravi: Visitor) -> None:
    with app.app_context(), unit_of_work() as session:
        row = session.get_one(Cohort, evening.id)
        row.archived_at = row.created_at
    sent = {"course": "small-course", "title": "Late", "cases": [FIRST]}
    new = f"{SCHOOL}/classes/{evening.public_id}/lessons/new"
    assert "This class is archived" in ravi.post(new, sent, status=409).text


# Changing one


def titles(page: str) -> list[str]:
    """Return the cases on the page of a lesson, in order."""
    return re.findall(r"<li[^>]*><span>\d\. ([^<]+)</span>", page)


def test_a_lesson_is_changed_and_put_in_order(app: Flask, evening: Cohort, ravi: Visitor) -> None:
    made = schools.lesson(app, evening, SECOND, FIRST)
    page = f"{SCHOOL}/lessons/{made.public_id}"
    assert titles(ravi.get(page).html) == ["Sami and his red back", "Rosa stumbles"]
    ravi.post(f"{page}/order", {"case": FIRST, "to": "1"}, status=303)
    assert titles(ravi.follow().html) == ["Rosa stumbles", "Sami and his red back"]
    with asked(app) as two_cases:
        ravi.get(page)
    ravi.get(f"{page}/settings")
    changed = {"title": "Week 3", "cases": [SECOND, "quinn-dizzy", FIRST]}
    ravi.submit(changed, status=303)
    saved = ravi.follow()
    assert saved.page.h1 == "Week 3"
    assert titles(saved.html) == ["Rosa stumbles", "Sami and his red back", "Quinn is dizzy"]
    with asked(app) as three_cases:
        ravi.get(page)
    assert len(three_cases) == len(two_cases)
    ravi.get(f"{page}/settings")
    left = {"title": "Week 3", "cases": ["quinn-dizzy"]}
    ravi.submit(left, status=303)
    assert titles(ravi.follow().html) == ["Quinn is dizzy"]
    ravi.get(f"{page}/settings")
    empty = {"title": "", "cases": []}
    assert "Enter a name" in ravi.submit(empty, status=422).text
    for case, to in (("quinn-dizzy", "2"), (EXAM, "1"), ("quinn-dizzy", "x")):
        ravi.post(f"{page}/order", {"case": case, "to": to}, status=404)
    exam = {"course": "", "title": "Exam", "cases": [EXAM]}
    ravi.post(f"{page}/settings", exam, status=422)


def test_a_lesson_that_is_taught_now_stays_as_it_is(
    app: Flask, run: LessonRun, ravi: Visitor, clock: MovedClock
) -> None:
    page = f"{SCHOOL}/lessons/{run.lesson.public_id}"
    shown = ravi.get(page)
    assert shown.page.links()["Go to the page for the projector"] == class_page(run)
    assert "Move" not in shown.html
    changed = {"course": "", "title": "Other", "cases": [FIRST]}
    said = "This lesson is being taught now. End it, and then change it."
    assert said in ravi.post(f"{page}/settings", changed, status=409).text
    assert said in ravi.post(f"{page}/order", {"case": FIRST, "to": "2"}, status=409).text
    clock.advance(seconds=LONGEST_RUN.total_seconds())
    accounts.let_in(ravi, RAVI)
    ravi.post(f"{page}/order", {"case": FIRST, "to": "2"}, status=303)


def test_a_lesson_is_copied_to_a_class_in_reach(
    app: Flask, evening: Cohort, harbour: School, ravi: Visitor
) -> None:
    made = schools.lesson(app, evening, SECOND, FIRST)
    page = f"{SCHOOL}/lessons/{made.public_id}"
    ravi.get(page)
    ravi.submit({}, action=f"{page}/copies", status=303)
    assert "Copy of When to stop" in ravi.follow().html
    other = schools.cohort(app, harbour, "Weekend class")
    ravi.post(f"{page}/copies", {"class_id": other.public_id}, status=404)
    with app.app_context(), unit_of_work() as session:
        row = session.get_one(Cohort, evening.id)
        row.archived_at = row.created_at
    said = ravi.post(f"{page}/copies", {"class_id": evening.public_id}, status=409).text
    assert "This class is archived" in said
