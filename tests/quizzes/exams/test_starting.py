"""What has to be done before an exam starts, what a start writes, and what the next try brings."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import select

from cpd.courses import outlines
from cpd.courses.models import Revision
from cpd.db import db, unit_of_work
from cpd.kernel import clock as clocks
from cpd.kernel import memory
from cpd.quizzes.attempts.models import Attempt, AttemptItem, AttemptMove
from cpd.quizzes.exams import actions as exam_actions
from cpd.quizzes.exams.actions import CertificateDetailsMissing
from migrations import frozen
from tests.factories import accounts, courses
from tests.factories.courses import SLUG
from tests.factories.quizzes import Learner, critical, right
from tests.quizzes.exam_visitor import SINGLE, TWO_STEPS, WELL, Exam, begin, count_of, in_order
from tests.support.courses import CourseFolder
from tests.support.moved_clock import NOW, MovedClock
from tests.support.people import MAYA, ZOE
from tests.support.visitor import Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

EXAM = f"/courses/{SLUG}/exam"
START = f"{EXAM}/attempts"


def start_again(exam: Exam) -> str | None:
    """Press the start button; the public id of the new attempt, or None where it is refused."""
    led = exam.visitor.post(f"{exam.course}/exam/attempts").location
    return led.split("/")[2] if led.startswith("/attempts/") else None


def drawn(app: Flask, public_id: str) -> set[str]:
    """Return the cases of an attempt."""
    with app.app_context():
        items = Learner(app, MAYA).attempt(public_id).items
        return {item.revision.front["id"] for item in items}


# Before the start


@on_sqlite
def test_a_course_that_was_not_begun_is_begun_first(maya: Visitor) -> None:
    page = maya.get(EXAM).page
    assert "It opens once you have started the course, read its sections and" in page.text
    assert page.links()["Start this course"] == f"/courses/{SLUG}#start"
    maya.post(START, status=404)


@on_sqlite
@pytest.mark.parametrize("path", ["/courses/no-such-course/exam", "/courses/upper/exam"])
def test_there_is_no_exam_without_a_course(maya: Visitor, path: str) -> None:
    maya.get(path, status=404)
    maya.post(f"{path}/attempts", status=404)


@on_sqlite
@pytest.mark.parametrize(
    ("sections", "practises", "said"),
    [
        pytest.param([], False, ["Read “Noticing heat illness”", "Decide its 2"], id="nothing"),
        pytest.param(["noticing"], True, ["Read “Adapting the plan”"], id="a section"),
        pytest.param(["noticing", "adapting"], False, ["Quinn is dizzy", "Tess"], id="practice"),
    ],
)
def test_the_reading_and_its_practice_come_first(
    app: Flask, maya: Visitor, sections: list[str], practises: bool, said: list[str]
) -> None:
    courses.enrol(app, MAYA)
    courses.finish(app, MAYA, *sections)
    if practises:
        Learner(app, MAYA).practice()
    page = maya.get(EXAM).page
    assert "The exam opens when this is done" in page.text
    assert all(words in page.text for words in said)
    assert not page.forms
    assert maya.post(START).location == EXAM
    assert count_of(app, Attempt) == 0


@on_sqlite
def test_one_practice_case_left_is_enough_to_keep_it_closed(app: Flask, maya: Visitor) -> None:
    courses.enrol(app, MAYA)
    courses.finish(app, MAYA, "noticing", "adapting")
    Learner(app, MAYA).practice("quinn-dizzy", "rosa-stumbles", "sami-red-back")
    page = maya.get(EXAM).page
    assert "Decide its practice case: Tess" in page.text
    assert page.links()["Tess gets ready"].endswith("/sections/adapting#case-tess-room")
    Learner(app, MAYA).practice("tess-room")
    assert maya.get(EXAM).page.forms


@on_sqlite
@pytest.mark.parametrize(
    "stated",
    [
        {"authority": "Texas Department of Licensing", "number": "MT 123456"},
        {"without": "y"},
    ],
)
def test_name_and_licence_come_before_the_exam_and_lead_back(
    app: Flask, zoe: Visitor, stated: dict[str, str]
) -> None:
    Learner(app, ZOE).study()
    zoe.get(EXAM)
    asked = zoe.submit()
    assert asked.location.startswith("/profile/printed?next=")
    assert "tell us what your certificate should show" in zoe.follow().text
    zoe.submit({"legal_name": "Zoë Marsh"}, status=422)
    both = {
        "authority": "Board",
        "number": "1",
        "without": "y",
        "legal_name": "Zoë Marsh",
        "time_zone": "America/Chicago",
    }
    zoe.submit(both, status=422)
    assert count_of(app, Attempt) == 0
    zoe.get(asked.location)
    named = {"legal_name": "Zoë Marsh", "time_zone": "America/Chicago"}
    assert zoe.submit(named | stated).location == EXAM
    zoe.follow()
    assert zoe.submit().location.startswith("/attempts/")


def start_directly(learner: Learner) -> object:
    """Start an attempt by the action, as a command or another page would."""
    with learner.app.app_context(), unit_of_work() as session:
        return exam_actions.start_attempt(
            session, learner.enrolment(), actor=learner.actor(), now=clocks.now()
        )


@on_sqlite
def test_no_caller_starts_before_the_certificate_details(app: Flask) -> None:
    learner = Learner(app, ZOE).study()
    assert start_directly(learner) == CertificateDetailsMissing()
    assert count_of(app, Attempt) == 0
    learner.state_certificate_details()
    assert isinstance(start_directly(learner), Attempt)


@on_sqlite
def test_control_without_looking_at_the_details_an_attempt_starts(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exam_actions, "actor_has_certificate_details", lambda *_: True)
    assert isinstance(start_directly(Learner(app, ZOE).study()), Attempt)


@on_sqlite
def test_what_stands_in_the_profile_is_not_asked_for_again(app: Flask, zoe: Visitor) -> None:
    Learner(app, ZOE).study()
    zoe.get("/profile")
    zoe.submit({"authority": "Board", "number": "1"}, action="/profile/licences")
    zoe.get(EXAM)
    asked = zoe.get(zoe.submit().location).page.forms[0]
    assert (asked.value("authority"), asked.value("number")) == ("Board", "1")
    zoe.get("/profile")
    zoe.submit({"legal_name": "Zoë Marsh", "time_zone": "Europe/London"}, action="/profile")
    zoe.get(EXAM)
    assert zoe.submit().location.startswith("/attempts/")


@on_sqlite
def test_one_button_starts_and_the_rules_are_folded_beside_it(maya: Visitor, app: Flask) -> None:
    Learner(app, MAYA).study()
    text = maya.get(EXAM).text
    assert in_order(
        text,
        "Start the exam",
        "Where do you need this?",
        "The rules of the exam",
        "You decide six cases.",
        "You need three quarters of the marks.",
        "is not a pass, whatever the score",
        "change any answer until you hand in",
        "There is no time limit.",
    )
    page = maya.get(f"/courses/{SLUG}").page
    assert page.html.count("The rules of the exam") == 1
    assert maya.submit(action=START).location.endswith("/cases/1"), "no page comes between"


# The start


def test_a_start_writes_all_that_the_attempt_rests_on(app: Flask, maya_studies: Learner) -> None:
    maya = accounts.let_in(Visitor(app), MAYA)
    assert maya.post(START).location.endswith("/cases/1")
    assert "Exam, try 1" in maya.follow().text
    with app.app_context():
        attempt = db.session.scalars(select(Attempt)).one()
        assert (attempt.state, attempt.number, attempt.started_at) == ("open", 1, NOW)
        assert attempt.exam_revision.front["pass_mark"] == "3/4"
        assert attempt.deadline_at is None
        assert attempt.deadline_inputs["started_at"] == NOW.isoformat(timespec="microseconds")
        assert attempt.gate == {
            "is_met": True,
            "sections": {"noticing": NOW.isoformat(), "adapting": NOW.isoformat()},
            "practice": ["quinn-dizzy", "rosa-stumbles", "sami-red-back", "tess-room"],
        }
        assert [item.position for item in attempt.items] == [1, 2, 3, 4, 5, 6]
        for item in attempt.items:
            for step in item.revision.front["steps"]:
                shown = {option["id"] for option in step["options"]}
                assert set(item.option_order[step["id"]]) == shown
        (move,) = db.session.scalars(select(AttemptMove))
        assert (move.move, move.actor, move.on_behalf_of) == (
            "start",
            attempt.subject,
            attempt.subject,
        )


@on_sqlite
def test_starting_twice_goes_on_with_the_same_attempt(app: Flask, exam: Exam) -> None:
    assert start_again(exam) == exam.public_id
    assert count_of(app, Attempt) == 1
    page = exam.visitor.get(f"{exam.course}/exam").page
    assert page.links()["Continue your open try"] == exam.base
    assert not [form for form in page.forms if form.action.endswith("/attempts")]


@on_sqlite
@pytest.mark.parametrize(
    "fields",
    [{"deadline": "2030-01-01"}, {"score": "100"}, {"enrolment_id": "1"}, {"passed": "1"}],
)
def test_a_start_takes_no_fields(app: Flask, maya_studies: Learner, fields: dict[str, str]) -> None:
    maya = accounts.let_in(Visitor(app), MAYA)
    assert "does not belong to this form" in maya.post(START, fields, status=400).text
    assert count_of(app, Attempt) == 0


@on_sqlite
def test_a_pool_that_cannot_serve_is_our_fault_and_costs_no_try(
    app: Flask, maya_studies: Learner
) -> None:
    """Publishing refuses such a pool; here somebody wrote to the database itself."""
    with app.app_context():
        exam = maya_studies.enrolment().course_revision
        rule = outlines.load_outline(db.session(), exam).exam
        asked = replace(rule.policy, draw=replace(rule.policy.draw, cases=99)).to_json()
        with unit_of_work() as session:
            for name in frozen.installed(session.connection(), "revisions"):
                session.execute(sa.text(f"DROP TRIGGER {name}"))
            change = sa.update(Revision).where(Revision.id == rule.revision_id)
            session.execute(change.values(front=asked))
    memory.clear_all_caches()
    maya = accounts.let_in(Visitor(app), MAYA)
    told = maya.post(START, status=503)
    memory.clear_all_caches()  # other tests have copies of the same version
    assert "This is our fault, not yours, and no try was used." in told.text
    assert (count_of(app, Attempt), count_of(app, AttemptItem)) == (0, 0)


# The next try


@on_sqlite
def test_a_retake_brings_cases_that_were_not_met(app: Flask, tmp_path: Path) -> None:
    """Of six red flags a draw of four takes four at most, so the next finds two more."""
    folder = CourseFolder(tmp_path, "short-course")
    folder.edit("exam.md", "cases: 6", "cases: 4")
    folder.edit("exam.md", "{notice: 2, adapt: 2}", "{notice: 1, adapt: 1}")
    exam = begin(app, courses.publish(app, folder.path))
    exam.learner.hand_in(exam.public_id)
    second = start_again(exam)
    assert second is not None
    assert drawn(app, exam.public_id).isdisjoint(drawn(app, second))


@on_sqlite
def test_two_of_one_family_never_meet_in_one_exam(
    app: Flask, tmp_path: Path, clock: MovedClock
) -> None:
    family = {"gina-warm": "gina", "hedi-thirsty": "hedi", "leo-as-usual": "leo"}
    folder = CourseFolder(tmp_path, "family-course")
    for case, own in family.items():
        folder.edit(f"cases/{case}.md", f"family: {own}", "family: one")
    learner = Learner(app, MAYA, courses.publish(app, folder.path)).study()
    met = []
    for _ in range(8):
        public_id = learner.start()
        met.append(len(drawn(app, public_id) & family.keys()))
        learner.hand_in(public_id)
        clock.advance(hours=12)
    assert max(met) == 1


@on_sqlite
def test_after_a_later_failed_try_twelve_hours_pass(
    app: Flask, exam: Exam, clock: MovedClock
) -> None:
    exam.learner.hand_in(exam.public_id)
    second = start_again(exam)
    assert second is not None, "after the first one may go on at once"
    clock.advance(hours=1)
    exam.learner.hand_in(second)

    text = exam.visitor.get(f"{exam.course}/exam").text
    assert "You can try again at" in text
    assert start_again(exam) is None
    closed = NOW + timedelta(hours=1)
    clock.set(closed + timedelta(hours=12, microseconds=-1))
    accounts.let_in(exam.visitor, MAYA)
    assert start_again(exam) is None
    clock.set(closed + timedelta(hours=12))
    accounts.let_in(exam.visitor, MAYA)
    assert "You can try again at" not in exam.visitor.get(f"{exam.course}/exam").text
    third = start_again(exam)
    assert third is not None
    assert count_of(app, Attempt) == 3


@on_sqlite
def test_after_an_unsafe_decision_its_passage_is_read_again(exam: Exam, clock: MovedClock) -> None:
    exam.choose(SINGLE, "stones")
    clock.advance(minutes=20)
    exam.hand_in()
    result = exam.result()
    passage = result.links()["A cool room"]
    assert "Decide" not in result.text.partition("Next steps")[2]
    assert start_again(exam) is None
    told = exam.visitor.get(f"{exam.course}/exam").page
    assert "The next try opens when this is done:" in told.text
    assert told.links()["Read “A cool room” again"] == passage
    clock.advance(minutes=1)
    read_again(exam, passage)
    assert exam.result().forms, "the start button is there"
    assert start_again(exam) is not None


@on_sqlite
def test_after_a_critical_act_a_sibling_is_practised_too(exam: Exam, clock: MovedClock) -> None:
    exam.choose(TWO_STEPS, "proceed")
    exam.choose(WELL, "proceed")
    clock.advance(minutes=20)
    exam.hand_in()
    result = exam.result()
    passage = result.links()["Signs that stop a session"]
    siblings = {"Rosa stumbles", "Tess gets ready"}
    assert siblings <= result.links().keys()
    assert "Quinn is dizzy" not in result.links(), "that is another safety topic"
    clock.advance(minutes=1)
    read_again(exam, passage)
    told = exam.visitor.get(f"{exam.course}/exam").page
    assert "Decide one of these practice cases:" in told.text
    assert siblings <= told.links().keys()
    assert start_again(exam) is None

    exam.learner.practice("quinn-dizzy")
    assert start_again(exam) is None, "practice on another topic does not do"
    exam.visitor.get(result.links()["Rosa stumbles"])
    exam.visitor.submit(
        {"choice": "emergency"}, action="/practice/rosa-stumbles#answer-rosa-stumbles"
    )
    assert "The practice case is decided." in (decided := exam.visitor.follow().page).text
    assert decided.links()["Go to the next try"] == f"{exam.course}/exam"
    assert start_again(exam) is not None


@on_sqlite
def test_every_practice_case_that_is_missing_is_named(
    app: Flask, maya: Visitor, clock: MovedClock, tmp_path: Path
) -> None:
    """Of two topics on which a decision was critical, not only that of the first."""
    topic = ("hazards: [heat-stroke]", "hazards: [fainting]")
    courses.publish(app, courses.altered(tmp_path, {"cases/cleo-vomits.md": topic}))
    learner = Learner(app, MAYA).study()
    clock.advance(minutes=20)
    attempt = learner.start_with_every_case()
    learner.answer_all(attempt, lambda key: critical(key) or right(key))
    learner.hand_in(attempt)
    page = maya.get(EXAM).page
    assert {"Quinn is dizzy", "Rosa stumbles", "Tess gets ready"} <= page.links().keys()
    assert "Decide this practice case: Quinn is dizzy" in page.text
    assert page.text.count("Decide ") == 2, "a case that is about both topics asks for no third"
    page = maya.get(f"/attempts/{attempt}/result").page
    assert "3. Decide this practice case, on the same safety topic Quinn is dizzy" in page.text
    assert "You are on step 1 of 4." in page.text


@on_sqlite
def test_having_read_again_leads_to_the_next_step(exam: Exam, clock: MovedClock) -> None:
    exam.choose(TWO_STEPS, "proceed")
    exam.choose(SINGLE, "stones")
    clock.advance(minutes=20)
    exam.hand_in()
    links = exam.result().links()
    clock.advance(minutes=1)
    assert read_again(exam, links["Signs that stop a session"]) == at(links["A cool room"])
    assert read_again(exam, links["A cool room"]) == at(links["Rosa stumbles"])
    exam.learner.practice("rosa-stumbles")
    assert read_again(exam, links["A cool room"]) == f"{exam.course}/exam"


@on_sqlite
def test_what_was_done_before_the_try_puts_nothing_right(exam: Exam, clock: MovedClock) -> None:
    clock.advance(minutes=1)
    exam.visitor.get(f"{exam.course}/sections/adapting?again=cool-room")
    exam.visitor.submit(action="/read-again")
    clock.advance(minutes=1)
    exam.choose(SINGLE, "stones")
    exam.hand_in()
    assert start_again(exam) is None


@on_sqlite
def test_nobody_else_and_no_other_course_puts_it_right(
    app: Flask, exam: Exam, clock: MovedClock
) -> None:
    clock.advance(minutes=20)
    exam.choose(TWO_STEPS, "proceed")
    exam.hand_in()
    clock.advance(minutes=1)
    zoe = begin(app, exam.learner.slug, ZOE)
    zoe.visitor.get(f"{exam.course}/sections/noticing?again=stop-signs")
    zoe.visitor.submit(action="/read-again")
    zoe.learner.practice()
    elsewhere = Learner(app, MAYA).study()
    exam.visitor.get(f"/courses/{elsewhere.slug}/sections/noticing?again=stop-signs")
    exam.visitor.submit(action="/read-again")
    elsewhere.practice()
    links = exam.result().links()
    assert {"Read the passage", "Rosa stumbles"} <= links.keys()
    assert start_again(exam) is None


@on_sqlite
def test_after_a_pass_there_is_no_next_try(exam: Exam) -> None:
    exam.answer_right()
    exam.hand_in()
    assert start_again(exam) is None
    page = exam.visitor.get(f"{exam.course}/exam").page
    assert "You have passed this exam." in page.text
    assert page.links()["Result and certificate"] == f"{exam.base}/result"
    assert "passed, 100%" in page.text.replace("\xa0", " ")


def at(link: str) -> str:
    """Return the address of a link without the place on its page."""
    return link.partition("#")[0]


def read_again(exam: Exam, link: str) -> str:
    """Follow the link of a result to a passage, end it, and return where that leads."""
    exam.visitor.get(at(link))
    return exam.visitor.submit(action="/read-again").location
