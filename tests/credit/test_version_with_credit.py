"""Who studies a version without credit is shown the one that has it, and moves by a button."""

from pathlib import Path

import pytest
from flask import Flask

from cpd.courses import hooks
from cpd.courses.queries import find_newest_course_version
from cpd.courses.reading.queries import find_reading_progress
from cpd.db import db, unit_of_work
from cpd.kernel import clock as clocks
from cpd.quizzes.exams.actions import start_attempt
from cpd.quizzes.rules.eligibility import StartRefusal
from tests.factories import courses, credit, cycles, passes
from tests.factories.courses import SLUG, altered, course_of
from tests.factories.quizzes import Learner, harmless_and_wrong
from tests.support import joints
from tests.support.moved_clock import MovedClock
from tests.support.people import MAYA
from tests.support.visitor import Visitor

COURSE = f"/courses/{SLUG}"
MOVE = f"{COURSE}/version-with-credit"
OFFER = "Move to the version with credit"
STAYED = "You are staying on your version, because no other version earns you more credit now."
CHANGED = {"sections/01-noticing.md": ("Fainting", "Swooning")}
BEGUN, READ_AGAIN = "noticing", "consent"


@pytest.fixture
def learner(app: Flask) -> Learner:
    """Maya, who has read and practiced everything in a version that nobody has reviewed."""
    cycles.add_license(app, MAYA, "ncbtmb")
    return Learner(app, MAYA).study()


@pytest.fixture
def newer(app: Flask, learner: Learner, clock: MovedClock, tmp_path: Path) -> Learner:
    """The same, once a newer version is reviewed and approved."""
    clock.advance(days=2)
    courses.publish(app, altered(tmp_path, CHANGED))
    with app.app_context(), unit_of_work() as session:
        newest = find_newest_course_version(session, SLUG, None)
        assert newest is not None
        passes.review(session, newest.revision)
        passes.set_provider(session, app, passes.Setting())
    credit.approve(app, credit.PROVIDER, credit.COURSE)
    return learner


def read(app: Flask) -> dict[str, bool]:
    """Return which sections maya has read, in the version that she takes."""
    with app.app_context():
        progress = find_reading_progress(db.session(), course_of(MAYA))
        return {one.section.slug: one.is_finished for one in progress.sections}


def version(app: Flask) -> int:
    """Return the number of the version that maya takes."""
    with app.app_context():
        return course_of(MAYA).revision.number


def test_she_moves_by_her_own_button_and_what_is_unchanged_stays_read(
    app: Flask, newer: Learner, maya: Visitor
) -> None:
    assert set(read(app).values()) == {True}
    for path in (COURSE, f"{COURSE}/exam"):
        page = maya.get(path).page
        assert "The version of 25 November 2026 counts for NCBTMB MT" in page.text, path
        assert OFFER in page.text, path
    maya.submit({}, action="/version-with-credit", status=303)
    assert "You are on the version with credit now." in maya.follow().text
    assert version(app) == 2
    changed, *others = read(app).items()
    assert changed == ("noticing", False)
    assert all(is_read for _slug, is_read in others)
    assert OFFER not in maya.get(COURSE).text
    assert ": Nothing on file stands against it" in maya.page.text
    courses.finish(app, MAYA, "noticing")
    assert set(read(app).values()) == {True}


def test_nothing_is_offered_while_the_newest_version_counts_no_more(
    app: Flask, learner: Learner, maya: Visitor, tmp_path: Path
) -> None:
    assert version(app) == 1
    courses.publish(app, altered(tmp_path, CHANGED))
    assert OFFER not in maya.get(COURSE).text
    maya.post(MOVE, {}, status=303)
    assert STAYED in maya.follow().text
    assert version(app) == 1


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_who_has_an_exam_open_or_passed_stays(
    app: Flask,
    newer: Learner,
    maya: Visitor,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_guarded: bool,
) -> None:
    attempt = newer.start()
    if not is_guarded:
        joints.answer(monkeypatch, app, hooks.holds_to_version, lambda *_: False)
    maya.get(COURSE)
    assert (OFFER in maya.page.text) is not is_guarded
    maya.post(MOVE, {}, status=303)
    assert (version(app) == 1) is is_guarded
    if is_guarded:
        newer.answer_all(attempt, harmless_and_wrong)
        newer.hand_in(attempt)
        assert OFFER in maya.get(COURSE).text, "a try that failed holds nobody"


def test_an_exam_does_not_start_in_a_version_that_its_learner_has_just_left(
    app: Flask, newer: Learner, maya: Visitor
) -> None:
    newer.state_certificate_details()
    with app.app_context():
        read_before = course_of(MAYA).enrolment
    assert read_before is not None
    maya.get(COURSE)
    maya.post(MOVE, {}, status=303)
    assert version(app) == 2
    with app.app_context(), unit_of_work() as session:
        enrolment = session.merge(read_before, load=False)
        started = start_attempt(session, enrolment, actor=newer.actor(), now=clocks.now())
    assert isinstance(started, StartRefusal), "a section that changed is to be read again"
