"""A clock that is set back in the middle: nothing that is stored ends before it began."""

import json
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from cpd.certificates.models import Certificate
from cpd.courses.models import SectionReading
from cpd.db import db
from cpd.kernel import clock as clocks
from cpd.quizzes.attempts import delivery
from cpd.quizzes.attempts.models import Attempt, AttemptMove, Statement
from cpd.quizzes.grading.models import GradeEvent
from cpd.quizzes.practice.models import PracticeAnswer
from tests.factories import courses
from tests.factories.quizzes import Learner
from tests.support.moved_clock import MovedClock
from tests.support.people import MAYA

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def pass_with_the_clock_set_back(app: Flask, clock: MovedClock) -> dict[str, list[datetime]]:
    """Take a course and pass its exam, each step an hour before the last; return stored times."""
    courses.enrol(app, MAYA)
    learner = Learner(app, MAYA)
    clock.advance(hours=-1)
    learner.study()
    clock.advance(hours=-1)
    attempt_id = learner.start()
    clock.advance(hours=-1)
    learner.answer_all(attempt_id)
    clock.advance(hours=-1)
    learner.hand_in(attempt_id)
    with app.app_context():
        return read_times(learner.attempt(attempt_id))


def read_times(attempt: Attempt) -> dict[str, list[datetime]]:
    """Return what must follow one another, as it is stored."""
    closed_at = attempt.closed_at
    assert closed_at is not None
    certificate = db.session.scalars(select(Certificate)).one()
    completed = datetime.fromisoformat(json.loads(certificate.snapshot)["completed"]["at"])
    moves = select(AttemptMove.moved_at).order_by(AttemptMove.number)
    begun = [attempt.enrolment.started_at]
    answers = [row.received_at for row in delivery.find_answer_event_rows(db.session(), attempt.id)]
    return {
        "reading": begun + sorted(db.session.scalars(select(SectionReading.read_at))),
        "practice": begun + sorted(db.session.scalars(select(PracticeAnswer.answered_at))),
        "start": [*db.session.scalars(select(SectionReading.read_at)), attempt.started_at],
        "answers": [attempt.started_at, min(answers)],
        "end": [max(answers), closed_at, *db.session.scalars(select(GradeEvent.graded_at))],
        "moves": list(db.session.scalars(moves)),
        "statement": [attempt.started_at, *db.session.scalars(select(Statement.made_at))],
        "certificate": [attempt.started_at, completed, certificate.issued_at],
    }


def test_nothing_ends_before_it_began(app: Flask, clock: MovedClock) -> None:
    times = pass_with_the_clock_set_back(app, clock)
    assert {name: chain for name, chain in times.items() if chain != sorted(chain)} == {}


def test_control_as_the_machine_tells_the_time_everything_ends_before_it_began(
    app: Flask, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clocks, "keep_in_order", lambda now, *_earlier: now)
    times = pass_with_the_clock_set_back(app, clock)
    in_order = {name for name, chain in times.items() if chain == sorted(chain)}
    assert in_order == set()
