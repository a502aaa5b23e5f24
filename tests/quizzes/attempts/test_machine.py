"""A model of attempts against the real actions and a real database, move by move at random."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from cpd.access.permissions import SYSTEM
from cpd.certificates.models import Certificate
from cpd.db import db, unit_of_work
from cpd.jobs import worker
from cpd.kernel import clock
from cpd.quizzes.attempts import actions as attempt_actions
from cpd.quizzes.attempts import delivery
from cpd.quizzes.attempts.models import AnswerEventRow, Attempt, AttemptMove
from cpd.quizzes.exams import actions as exam_actions
from cpd.quizzes.grading.models import Result
from cpd.quizzes.grading.replay import compare_results_with_regrading
from cpd.quizzes.rules.answers import EventType, Outcome
from cpd.quizzes.rules.attempts import AttemptState, MoveRefusal
from cpd.quizzes.rules.eligibility import StartRefusal
from tests.factories.accounts import add_person
from tests.factories.courses import altered, publish
from tests.factories.quizzes import STATEMENT, Learner, harmless_and_wrong, right, worst
from tests.support.moved_clock import MovedClock
from tests.support.people import Person

CHOOSERS = st.sampled_from([right, worst, harmless_and_wrong])
COUNTER = iter(range(10**6))
CLOSED = {AttemptState.SUBMITTED, AttemptState.GRADED, AttemptState.VOID}


class Attempts(RuleBasedStateMachine):
    """One learner of a course whose exam has a time limit, and whoever else touches the attempt.

    Which moves are offered depends on nothing that the site decides: it draws the cases, and with
    them whether an attempt passes and another may be started. Where a move has nothing to act on,
    it does nothing.
    """

    app: Flask
    clock: MovedClock
    slug: str

    @initialize()
    def someone_studies(self) -> None:
        """A person of their own for each run: nothing is ever cleaned up."""
        person = Person(f"model{next(COUNTER)}", "Model Learner", "is a model")
        with self.app.app_context(), unit_of_work() as session:
            add_person(session, email=person.email, name=person.full_name)
        self.learner = Learner(self.app, person, self.slug).study()
        self.learner.state_certificate_details()
        self.counted: dict[str, int] = {}
        self.ends: dict[str, datetime] = {}
        self.current: str | None = None

    # What people and time do

    @rule()
    def start(self) -> None:
        with self.app.app_context():
            with unit_of_work() as session:
                started = exam_actions.start_attempt(
                    session, self.learner.enrolment(), actor=self.learner.actor(), now=clock.now()
                )
            if isinstance(started, Attempt):
                assert self.current in {None, started.public_id}
                self.current = started.public_id
            else:
                assert isinstance(started, StartRefusal)

    @rule(position=st.integers(1, 6), choose=CHOOSERS, stale=st.booleans(), on=st.booleans())
    def answer(self, position: int, choose: object, stale: bool, on: bool) -> None:
        if not self._has_attempt():
            return
        with self.app.app_context():
            attempt = self.learner.attempt(self.current or "")
            case = delivery.find_attempt_with_shown_cases(
                db.session(), attempt, now=clock.now()
            ).cases[position - 1]
            key = self.learner.keys(attempt)[position].step_by_id(case.current_step.step.id)
            given = choose(key)  # type: ignore[operator]
            head = "evt_elsewhere" if stale else case.current_step.answer_event_id
            kept = self.learner.send(
                attempt, case.case.id, case.current_step.step.id, given, after=head
            )
            is_open = (
                delivery.find_attempt_with_shown_cases(db.session(), attempt, now=clock.now()).state
                == "open"
            )
            expected = (
                Outcome.LATE if not is_open
                else Outcome.LOCKED if case.current_step.is_locked
                else Outcome.CONFLICTING if stale
                else Outcome.ACCEPTED
            )  # fmt: skip
            assert kept.outcome is expected
            if on and kept.outcome is Outcome.ACCEPTED and given and case.asks_before_locking:
                self.learner.send(
                    attempt, case.case.id, case.current_step.step.id, None, after=kept.event_id,
                    kind=EventType.REVEAL,
                )  # fmt: skip

    @rule()
    def hand_in(self) -> None:
        if not self._has_attempt():
            return
        with self.app.app_context():
            attempt = self.learner.attempt(self.current or "")
            with unit_of_work() as session:
                attempt_actions.submit_attempt(
                    session, attempt.id, actor=self.learner.actor(), now=clock.now(),
                    printed_name="Model Learner", statement=STATEMENT,
                )  # fmt: skip
        self._look()

    @rule(minutes=st.sampled_from([1, 29, 31, 13 * 60]))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)

    @rule()
    def the_worker_runs(self) -> None:
        with self.app.app_context():
            worker.run_all_due_jobs()
        self._look()

    @rule(reason=st.sampled_from(["power cut", ""]))
    def void(self, reason: str) -> None:
        if not self._has_attempt():
            return
        with self.app.app_context():
            attempt = self.learner.attempt(self.current or "")
            with unit_of_work() as session:
                moved = attempt_actions.void_attempt(
                    session, attempt.id, actor=SYSTEM, now=clock.now(), reason=reason
                )
            assert reason or isinstance(moved, MoveRefusal)
        self._look()

    @rule(which=st.integers(0, 11))
    def reopen(self, which: int) -> None:
        with self.app.app_context():
            mine = select(Attempt).where(Attempt.subject == self.learner.actor().subject)
            attempts = db.session.scalars(mine.order_by(Attempt.id)).all()
            if not attempts:
                return
            attempt = attempts[which % len(attempts)]
            until = clock.now() + timedelta(hours=1)
            if attempt.deadline_at is not None:
                until = max(until, attempt.deadline_at + timedelta(minutes=1))
            with unit_of_work() as session:
                moved = attempt_actions.reopen_attempt(
                    session, attempt.id, to=until, actor=SYSTEM,
                    now=clock.now(), reason="it was our fault",
                )  # fmt: skip
            if isinstance(moved, Attempt):
                self.current = moved.public_id

    def _has_attempt(self) -> bool:
        """Start an attempt if none is under way, and say whether there is one now."""
        if self.current is None:
            self.start()
        return self.current is not None

    def _look(self) -> None:
        """Forget the attempt once it is closed."""
        with self.app.app_context():
            attempt = self.learner.attempt(self.current or "") if self.current else None
            if attempt is not None and attempt.state is not AttemptState.OPEN:
                self.current = None

    # What always holds

    @invariant()
    def at_most_one_is_open(self) -> None:
        if not hasattr(self, "learner"):
            return
        with self.app.app_context():
            mine = Attempt.subject == self.learner.actor().subject
            count = select(func.count()).select_from(Attempt)
            assert (db.session.scalar(count.where(mine, Attempt.state == "open")) or 0) <= 1

    @invariant()
    def every_move_has_its_row_and_results_are_earned(self) -> None:
        if not hasattr(self, "learner"):
            return
        with self.app.app_context():
            for attempt in db.session.scalars(
                select(Attempt).where(Attempt.subject == self.learner.actor().subject)
            ):
                moves = db.session.scalars(
                    select(AttemptMove)
                    .where(AttemptMove.attempt_id == attempt.id)
                    .order_by(AttemptMove.number)
                ).all()
                assert moves[0].move == "start"
                assert moves[-1].state is attempt.state
                self._closed_ones_stay(attempt)
                self._certified_only_when_passed(attempt)

    def _closed_ones_stay(self, attempt: Attempt) -> None:
        """No answer is accepted while an attempt is closed."""
        accepted = db.session.scalar(
            select(func.count())
            .select_from(AnswerEventRow)
            .where(AnswerEventRow.attempt_id == attempt.id, AnswerEventRow.outcome == "accepted")
        )
        if attempt.state in CLOSED and attempt.public_id in self.counted:
            assert accepted == self.counted[attempt.public_id]
        if attempt.state in CLOSED:
            self.counted[attempt.public_id] = accepted or 0
        else:
            self.counted.pop(attempt.public_id, None)

    def _certified_only_when_passed(self, attempt: Attempt) -> None:
        live = db.session.scalar(
            select(func.count())
            .select_from(Certificate)
            .where(Certificate.attempt_id == attempt.id, Certificate.state == "valid")
        )
        result = db.session.get(Result, attempt.id)
        assert not live or (result is not None and result.passed)

    def teardown(self) -> None:
        """Everything that happened can be graded again, and every receipt holds."""
        with self.app.app_context():
            worker.run_all_due_jobs()
            assert compare_results_with_regrading(db.session()).differences == ()
            db.session.remove()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_attempts_keep_their_promises(app: Flask, clock: MovedClock, tmp_path: object) -> None:
    folder = altered(
        tmp_path,  # type: ignore[arg-type]
        {"exam.md": ("time_limit_minutes: null", "time_limit_minutes: 30")},
        slug="timed-course",
    )

    class Here(Attempts):
        pass

    Here.app, Here.clock, Here.slug = app, clock, publish(app, folder)
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
