"""Many requests at once: one attempt, one result, one certificate, nothing overwritten unseen."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from cpd.certificates.models import Certificate
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.quizzes.attempts import actions as attempt_actions
from cpd.quizzes.attempts import delivery
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.exams import actions as exam_actions
from cpd.quizzes.grading.models import GradeEvent, Result
from cpd.quizzes.rules.answers import Outcome
from cpd.quizzes.rules.attempts import AttemptState
from tests.factories.quizzes import STATEMENT, Learner, right


def at_once(app: Flask, count: int, act: Callable[[], object]) -> list[object]:
    """Run the same thing in many threads that begin together, and return what each returned."""
    together = threading.Barrier(count)

    def run() -> object:
        with app.app_context():
            together.wait()
            try:
                return act()
            finally:
                db.session.remove()

    with ThreadPoolExecutor(count) as pool:
        return [future.result() for future in [pool.submit(run) for _ in range(count)]]


def count_of(app: Flask, table: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def start(learner: Learner) -> str:
    with unit_of_work() as session:
        started = exam_actions.start_attempt(
            session, learner.enrolment(), actor=learner.actor(), now=clock.now()
        )
        assert isinstance(started, Attempt)
        return started.public_id


def test_sixteen_starts_give_one_attempt(app: Flask, maya_studies: Learner) -> None:
    ids = at_once(app, 16, lambda: start(maya_studies))
    assert len(set(ids)) == 1
    assert count_of(app, Attempt) == 1


def test_control_without_its_index_a_second_open_attempt_gets_in(
    app: Flask, maya_studies: Learner
) -> None:
    def double() -> None:
        with app.app_context():
            attempt = maya_studies.attempt(first)
            facts = {
                column.key: getattr(attempt, column.key)
                for column in sa.inspect(Attempt).column_attrs
                if column.key not in {"id", "public_id", "number"}
            }
            with unit_of_work() as session:
                session.add(Attempt(number=attempt.number + 1, **facts))

    first = maya_studies.start()
    with pytest.raises(IntegrityError):
        double()
    with app.app_context(), unit_of_work() as session:
        session.execute(sa.text("DROP INDEX uq_attempts_open"))
    double()
    assert count_of(app, Attempt) == 2


def submit(learner: Learner, attempt_id: int) -> tuple[str, bool, str]:
    """Hand in, and return what the learner would be told."""
    with unit_of_work() as session:
        attempt = attempt_actions.submit_attempt(
            session, attempt_id, actor=learner.actor(), now=clock.now(),
            printed_name="Maya Okafor", statement=STATEMENT,
        )  # fmt: skip
        result = session.get_one(Result, attempt_id)
        return attempt.state.value, result.passed, str(result.score)


def test_fifty_submits_give_one_result_and_one_certificate(
    app: Flask, maya_studies: Learner
) -> None:
    public_id = maya_studies.start()
    maya_studies.answer_all(public_id)
    with app.app_context():
        attempt_id = maya_studies.attempt(public_id).id
    replies = at_once(app, 50, lambda: submit(maya_studies, attempt_id))
    assert set(replies) == {("graded", True, "1")}
    assert count_of(app, GradeEvent) == 1
    assert count_of(app, Result) == 1
    assert count_of(app, Certificate) == 1


def test_control_a_submit_that_only_looks_first_grades_twice(
    app: Flask, maya_studies: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing without compare-and-set lets the second submit through."""
    public_id = maya_studies.start()
    maya_studies.answer_all(public_id)
    with app.app_context():
        attempt_id = maya_studies.attempt(public_id).id

    def close_without_comparing(session: sa.orm.Session, *_: object, **__: object) -> bool:
        attempt = session.get_one(Attempt, attempt_id)
        session.execute(sa.text("DROP TRIGGER frozen_attempts_state" + on_table))
        attempt.state, attempt.closed_at = AttemptState.SUBMITTED, clock.now()
        session.flush()
        return True

    with app.app_context():
        postgresql = db.engine.dialect.name == "postgresql"
    on_table = " ON attempts" if postgresql else ""
    if postgresql:
        with app.app_context(), unit_of_work() as session:
            session.execute(sa.text("DROP TRIGGER frozen_attempts_rows ON attempts"))
            session.execute(
                sa.text(
                    "CREATE TRIGGER frozen_attempts_state BEFORE TRUNCATE ON attempts"
                    " EXECUTE FUNCTION refuse_frozen()"
                )
            )
    with app.app_context():
        submit(maya_studies, attempt_id)
    monkeypatch.setattr(attempt_actions, "_close_open_attempt", close_without_comparing)
    with app.app_context():
        submit(maya_studies, attempt_id)
    assert count_of(app, GradeEvent) == 2


def test_two_tabs_never_overwrite_unseen(app: Flask, maya_studies: Learner) -> None:
    public_id = maya_studies.start()
    with app.app_context():
        attempt = maya_studies.attempt(public_id)
        case = delivery.find_attempt_with_shown_cases(db.session(), attempt, now=clock.now()).cases[
            0
        ]
        step = case.current_step.step
        options = step.option_ids[:2]
    outcomes = []

    def tab(choice: str) -> None:
        with app.app_context():
            answer = {"choices": [choice]} if step.kind == "multiple" else {"choice": choice}
            kept = maya_studies.send(attempt, case.case.id, step.id, answer)
            outcomes.append(kept.outcome)

    threads = [threading.Thread(target=tab, args=(choice,)) for choice in options]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [Outcome.ACCEPTED, Outcome.CONFLICTING]
    with app.app_context():
        shown = (
            delivery.find_attempt_with_shown_cases(db.session(), attempt, now=clock.now())
            .cases[0]
            .current_step
        )
        assert shown.conflict is not None
        assert len(shown.conflict.others) == 1


def test_sending_again_gives_the_first_receipt(app: Flask, maya_studies: Learner) -> None:
    public_id = maya_studies.start()
    with app.app_context():
        attempt = maya_studies.attempt(public_id)
        case = delivery.find_attempt_with_shown_cases(db.session(), attempt, now=clock.now()).cases[
            0
        ]
        answer = right(maya_studies.keys(attempt)[1].steps[0])
        step = case.current_step.step.id
    receipts = at_once(
        app, 8, lambda: maya_studies.send(attempt, case.case.id, step, answer, event_id="evt_same")
    )
    assert len(set(receipts)) == 1
