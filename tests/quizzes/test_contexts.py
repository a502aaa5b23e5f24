"""One exam and two contexts: one open try, tries and pauses that count together, granted terms."""

from datetime import datetime, timedelta
from fractions import Fraction

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.certificates import queries as certificates
from cpd.certificates.models import Certificate
from cpd.courses.models import Enrolment, EnrolmentState, Visibility
from cpd.db import db, unit_of_work
from cpd.kernel import clock as at_work
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.exams import actions as exam_actions
from cpd.quizzes.exams import hooks as exam_hooks
from cpd.quizzes.exams.actions import OpenElsewhere
from cpd.quizzes.results import review as review_
from cpd.quizzes.rules.attempts import Deadline
from cpd.quizzes.rules.eligibility import ExamTerms
from tests.factories.quizzes import Learner, critical, harmless_and_wrong
from tests.quizzes.exam_visitor import Exam, count_of
from tests.support import joints
from tests.support.moved_clock import NOW, MovedClock
from tests.support.pages import Page
from tests.support.people import MAYA
from tests.support.visitor import Visitor

SCHOOL = "asg_one"

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def there(app: Flask, pocket: str) -> Learner:
    """Maya, who has studied the pocket course for a school."""
    return Learner(app, MAYA, pocket, SCHOOL).study()


@pytest.fixture
def timed_there(app: Flask, timed: str) -> Learner:
    """Maya, who has studied for a school a course whose exam lasts 30 minutes."""
    return Learner(app, MAYA, timed, SCHOOL).study()


def exam_of(learner: Learner) -> str:
    return f"/courses/{learner.slug}/for/{learner.context}/exam"


def own(learner: Learner) -> Learner:
    return Learner(learner.app, learner.named, learner.slug).study()


def fail(learner: Learner) -> None:
    public_id = learner.start()
    learner.answer_all(public_id, harmless_and_wrong)
    learner.hand_in(public_id)


def grant(patch: pytest.MonkeyPatch, app: Flask, **terms: object) -> None:
    """Grant something to whoever takes the course for the school, and nothing to others."""

    def answer(_session: object, enrolment: Enrolment) -> ExamTerms:
        return ExamTerms(**terms) if enrolment.context == SCHOOL else ExamTerms()  # type: ignore[arg-type]

    joints.answer(patch, app, exam_hooks.exam_terms, answer)


# One open try


def test_a_start_refuses_while_one_is_open_elsewhere(exam: Exam, there: Learner) -> None:
    with there.app.app_context(), unit_of_work() as session:
        refused = exam_actions.start_attempt(
            session, there.enrolment(), actor=there.actor(), now=at_work.now()
        )
        assert isinstance(refused, OpenElsewhere)
        assert refused.attempt.public_id == exam.public_id
    assert count_of(there.app, Attempt) == 1
    assert exam.learner.start() == exam.public_id


@on_sqlite
def test_its_page_names_the_open_one_and_leads_to_it(exam: Exam, there: Learner) -> None:
    page = exam.visitor.get(exam_of(there)).page
    assert "in the course that you started yourself. Submit it" in page.text
    assert page.links()["Continue your open try"] == exam.base
    assert exam.visitor.post(f"{exam_of(there)}/attempts").location == exam_of(there)
    course = exam.visitor.get(exam_of(there).removesuffix("/exam"))
    assert "in the course that you started yourself. Submit it" in course.text
    assert "in the course that" not in exam.visitor.get(f"{exam.course}/exam").text


@on_sqlite
def test_from_the_own_context_too(there: Learner, maya: Visitor) -> None:
    own(there)
    public_id = there.start()
    page = maya.get(f"/courses/{there.slug}/exam").page
    assert "in the course that was assigned to you. Submit it" in page.text
    assert page.links()["Continue your open try"] == f"/attempts/{public_id}"


@on_sqlite
def test_pages_of_an_attempt_lead_back_to_its_context(there: Learner, maya: Visitor) -> None:
    public_id = there.start()
    case = maya.get(f"/attempts/{public_id}/cases/1").page
    assert case.links()["Leave"] == exam_of(there)
    there.answer_all(public_id, harmless_and_wrong)
    there.hand_in(public_id)
    result = maya.get(f"/attempts/{public_id}/result").page
    courses = {one for one in result.links().values() if one.startswith("/courses/")}
    base = exam_of(there).removesuffix("/exam")
    assert courses
    assert {one for one in courses if not one.startswith(base)} == set()


# Tries and pauses


@on_sqlite
def test_the_pause_counts_tries_in_both(there: Learner, maya: Visitor, clock: MovedClock) -> None:
    mine = own(there)
    fail(mine)
    clock.advance(hours=1)
    for learner in (mine, there):
        assert "You can try again at" not in maya.get(_exam_page(learner)).text
    fail(there)
    for learner in (mine, there):
        assert "You can try again at" in maya.get(_exam_page(learner)).text


def _exam_page(learner: Learner) -> str:
    return exam_of(learner) if learner.context == SCHOOL else f"/courses/{learner.slug}/exam"


# A pass in each


def test_a_second_pass_completes_without_a_second_certificate(
    there: Learner, maya: Visitor
) -> None:
    own(there).pass_exam()
    base = exam_of(there).removesuffix("/exam")
    assert "Passed on" not in maya.get(base).text
    public_id = there.start()
    assert "Passed on" in maya.get(f"/courses/{there.slug}").text
    there.answer_all(public_id)
    there.hand_in(public_id)
    assert "Passed on" in maya.get(base).text
    assert count_of(there.app, Certificate) == 1
    with there.app.app_context():
        states = db.session.scalars(sa.select(Enrolment.state)).all()
        assert states == [EnrolmentState.COMPLETED] * 2
        held = db.session.scalars(sa.select(Certificate.public_id)).one()
    links = maya.get(f"/attempts/{public_id}/result").page.links()
    assert links["The certificate you already have"] == f"/certificates/{held}"


@on_sqlite
def test_control_without_looking_there_would_be_two(
    there: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "find_valid_certificates_of_course_version", lambda *_: ())
    own(there).pass_exam()
    there.pass_exam()
    assert count_of(there.app, Certificate) == 2


# The review after a pass

WAITS = "You can see the answers once you have also passed the exam in the course that was assigned"


@pytest.fixture
def privately(there: Learner) -> list[str]:
    """Maya's tries for herself, a failed one and a pass, while the exam for the school is ahead."""
    mine = own(there)
    failed = mine.start()
    mine.answer_all(failed, harmless_and_wrong)
    mine.hand_in(failed)
    mine.practice()
    return [failed, mine.pass_exam()]


def test_the_answers_wait_for_a_pass_in_every_context(
    there: Learner, privately: list[str], maya: Visitor
) -> None:
    """Otherwise somebody passes for themselves, reads the keys, and sits the exam for a school."""
    for public_id in privately:
        result = maya.get(f"/attempts/{public_id}/result").page
        assert WAITS in result.text
        assert result.links()["Go to that exam"] == exam_of(there)
        assert "Review every decision" not in result.links()
        maya.get(f"/attempts/{public_id}/review", status=303)
        assert "The answers stay hidden" in maya.follow().text
    there.pass_exam()
    for public_id in privately:
        result = maya.get(f"/attempts/{public_id}/result").page
        assert WAITS not in result.text
        maya.get(result.links()["Review every decision"])


@on_sqlite
def test_an_enrolment_that_ended_keeps_no_answers_closed(
    there: Learner, privately: list[str], maya: Visitor
) -> None:
    with there.app.app_context(), unit_of_work():
        enrolment = there.enrolment()
        enrolment.state, enrolment.ended_at = EnrolmentState.ENDED, NOW
    maya.get(f"/attempts/{privately[-1]}/review")


@on_sqlite
def test_control_without_looking_at_other_contexts_the_answers_are_open(
    privately: list[str], maya: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review_, "find_current_contexts", lambda *_: ())
    maya.get(f"/attempts/{privately[-1]}/review")


# When the enrolment has ended


def end(learner: Learner) -> None:
    """End an enrolment in a course that nobody else may find."""
    with learner.app.app_context(), unit_of_work():
        enrolment = learner.enrolment()
        enrolment.state, enrolment.ended_at = EnrolmentState.ENDED, NOW
        enrolment.course.visibility = Visibility.HIDDEN


def courses_on(page: Page) -> set[str]:
    return {one for one in page.links().values() if one.startswith("/courses/")}


@on_sqlite
def test_results_and_records_stay_readable_without_the_course(
    there: Learner, maya: Visitor
) -> None:
    failed = there.start()
    there.answer_all(failed, harmless_and_wrong)
    there.hand_in(failed)
    passed = there.pass_exam()
    links = maya.get(f"/attempts/{passed}/result").page.links()
    end(there)
    maya.get(f"/courses/{there.slug}", status=404)
    maya.get(exam_of(there), status=404)
    for public_id in (failed, passed):
        assert courses_on(maya.get(f"/attempts/{public_id}/result").page) == set()
        maya.get(f"/attempts/{public_id}/review")
    certificate = links["Your certificate"]
    for path in (certificate, f"{certificate}/evaluation", "/record"):
        maya.get(path)


@on_sqlite
def test_a_failed_try_leads_nowhere_without_the_course(there: Learner, maya: Visitor) -> None:
    failed = there.start()
    there.answer_all(failed, critical)
    there.hand_in(failed)
    assert "make up for this" in maya.get(f"/attempts/{failed}/result").text
    end(there)
    page = maya.get(f"/attempts/{failed}/result").page
    assert "You are no longer enrolled in this course" in page.text
    assert "make up for this" not in page.text
    assert courses_on(page) == set()
    assert not [form for form in page.forms if form.action.endswith("/exam/attempts")]


# What is granted at the exam


@on_sqlite
@pytest.mark.parametrize(
    ("window", "said"),
    [
        ({"opens_at": NOW + timedelta(hours=1)}, "The exam opens at "),
        ({"closes_at": NOW - timedelta(hours=1)}, "The exam closed at "),
    ],
)
def test_outside_its_window_an_exam_does_not_start(
    there: Learner,
    maya: Visitor,
    monkeypatch: pytest.MonkeyPatch,
    window: dict[str, datetime],
    said: str,
) -> None:
    grant(monkeypatch, there.app, **window)
    page = maya.get(exam_of(there)).page
    assert said in page.text
    assert not page.forms
    maya.get("/profile")
    assert maya.post(f"{exam_of(there)}/attempts").location == exam_of(there)
    assert count_of(there.app, Attempt) == 0
    own(there).start()


@on_sqlite
def test_extra_time_is_kept_with_the_attempt_and_moves_its_closing(
    timed_there: Learner, maya: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    closes = NOW + timedelta(minutes=40)
    grant(monkeypatch, timed_there.app, multiplier=Fraction(2), closes_at=closes)
    assert "If you start now, you have until" in maya.get(exam_of(timed_there)).text
    public_id = timed_there.start()
    with timed_there.app.app_context():
        attempt = timed_there.attempt(public_id)
        assert attempt.deadline_at == NOW + timedelta(minutes=60)
        kept = Deadline.from_json(attempt.deadline_inputs)
    assert kept.ends_at == attempt.deadline_at
    assert kept.multiplier == 2
    assert kept.closes_at == closes + timedelta(minutes=30)


@on_sqlite
def test_nothing_is_granted_beside_the_rule_by_default(timed_there: Learner, maya: Visitor) -> None:
    told = maya.get(exam_of(timed_there)).text
    assert "You have 30 minutes. If you start now" in told
    assert "granted" not in told
    public_id = timed_there.start()
    with timed_there.app.app_context():
        assert timed_there.attempt(public_id).deadline_at == NOW + timedelta(minutes=30)
