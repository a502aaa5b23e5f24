"""Each case of a result as a row: written with the result, and afterwards for older gradings."""

from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from cpd import migrate
from cpd.access.permissions import SYSTEM
from cpd.cases.scales import Danger
from cpd.db import db, unit_of_work
from cpd.jobs import outbox, worker
from cpd.jobs.models import OutboxItem
from cpd.kernel import clock
from cpd.quizzes.attempts import actions as attempt_actions
from cpd.quizzes.attempts.models import Attempt, AttemptItem
from cpd.quizzes.grading import backfill as backfilling
from cpd.quizzes.grading.models import GradeEvent, ItemResult
from cpd.quizzes.grading.replay import ReplayReport, compare_results_with_regrading
from cpd.quizzes.practice.models import PracticeAnswer
from migrations import frozen
from tests.factories.quizzes import Learner, blank, right, worst
from tests.quizzes.exam_visitor import MODIFY, MULTIPLE, RAISED, SINGLE, TWO_STEPS, WELL, Exam
from tests.support import schemas
from tests.support.databases import Database
from tests.support.moved_clock import MovedClock
from tests.support.people import MAYA, ZOE
from tests.support.prepared import disconnect
from tests.support.schemas import ladder

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@dataclass(frozen=True)
class Row:
    """An item result by the name of its case."""

    choice: dict[str, list[str]]
    danger: Danger | None
    earned: Fraction
    is_blank: bool
    is_seen: bool


def event_rows(app: Flask, public_id: str) -> dict[str, Row]:
    """Return the item results of an attempt by case; inside no app context."""
    with app.app_context():
        found = db.session.execute(
            select(ItemResult, AttemptItem)
            .join(
                AttemptItem,
                (AttemptItem.attempt_id == ItemResult.attempt_id)
                & (AttemptItem.case_id == ItemResult.case_id),
            )
            .join(Attempt, Attempt.id == ItemResult.attempt_id)
            .where(Attempt.public_id == public_id)
        ).all()
        for row, item in found:
            assert (row.revision_id, row.position) == (item.revision_id, item.position)
            assert row.possible == 1
        return {
            item.revision.front["id"]: Row(
                row.choice,
                row.danger,
                Fraction(row.earned_num, row.earned_den),
                row.is_blank,
                row.is_seen,
            )
            for row, item in found
        }


def void(exam: Exam) -> None:
    attempt_id = exam.attempt().id
    with exam.app.app_context(), unit_of_work() as session:
        attempt_actions.void_attempt(
            session, attempt_id, actor=SYSTEM, now=clock.now(), reason="no power"
        )


def reopen(exam: Exam) -> None:
    attempt_id = exam.attempt().id
    now = clock.now()
    with exam.app.app_context(), unit_of_work() as session:
        attempt_actions.reopen_attempt(
            session, attempt_id, to=None, actor=SYSTEM, now=now, reason="it is back"
        )


def everything(app: Flask) -> list[dict[str, Any]]:
    """Return all item results as they are stored, but for their ids."""
    columns = [column for column in ItemResult.__table__.columns if column.name != "id"]
    with app.app_context():
        found = select(*columns).order_by(ItemResult.attempt_id, ItemResult.position)
        return [dict(row) for row in db.session.execute(found).mappings()]


def replayed(app: Flask) -> ReplayReport:
    with app.app_context():
        return compare_results_with_regrading(db.session())


def test_grading_writes_what_was_chosen_and_what_that_was_worth(app: Flask, exam: Exam) -> None:
    exam.learner.answer(exam.public_id, exam.positions[TWO_STEPS])
    exam.learner.answer(exam.public_id, exam.positions[WELL], worst)
    exam.learner.answer(exam.public_id, exam.positions[MULTIPLE])
    exam.choose(SINGLE, "stones")
    exam.hand_in()
    rows = event_rows(app, exam.public_id)
    assert len(rows) == 6
    steps = rows[TWO_STEPS].choice
    assert list(steps.values()) == [["emergency"], ["right"]], "in the order of the path"
    assert (rows[TWO_STEPS].danger, rows[TWO_STEPS].earned) == (Danger.SAFE, Fraction(1))
    assert rows[WELL].choice == {"decide": ["postpone"]}
    assert (rows[WELL].danger, rows[WELL].earned) == (Danger.OVERCAUTIOUS, Fraction(0))
    assert len(next(iter(rows[MULTIPLE].choice.values()))) > 1
    assert next(iter(rows[SINGLE].choice.values())) == ["stones"]
    assert {case for case, row in rows.items() if row.is_blank} == {RAISED, MODIFY}
    assert rows[RAISED] == Row({"decide": []}, None, Fraction(0), is_blank=True, is_seen=False)
    assert not any(row.is_seen for row in rows.values())


def test_cases_met_in_an_earlier_try_or_in_practice_count_as_seen(
    app: Flask, maya_studies: Learner, clock: MovedClock
) -> None:
    first = maya_studies.start()
    with app.app_context():
        practised = maya_studies.attempt(first).items[0]
        asked = {"revision_id": practised.revision_id, "case_id": practised.case_id}
        with unit_of_work() as session:  # the case stood in practice once
            answer = {"step": "decide", "answer": {"choice": "proceed"}, "is_last_step": True}
            before = {"answered_at": clock.now() - timedelta(days=1)}
            enrolment = {"enrolment_id": maya_studies.enrolment().id}
            session.add(PracticeAnswer(**asked, **answer, **before, **enrolment))
            later = {"answered_at": clock.now() + timedelta(seconds=1)}
            asked["case_id"] = maya_studies.attempt(first).items[1].case_id
            session.add(PracticeAnswer(**asked, **answer, **later, **enrolment))
        name = practised.revision.front["id"]
    maya_studies.hand_in(first)
    seen = {case for case, row in event_rows(app, first).items() if row.is_seen}
    assert seen == {name}, "in practice, before the try"
    clock.advance(hours=13)
    second = maya_studies.start()
    maya_studies.hand_in(second)
    drawn_first = set(event_rows(app, first))
    for case, row in event_rows(app, second).items():
        assert row.is_seen == (case in drawn_first)


@on_sqlite
def test_rows_follow_the_newest_grading(app: Flask, exam: Exam) -> None:
    exam.choose(SINGLE, "stones")
    exam.hand_in()
    once = event_rows(app, exam.public_id)
    void(exam)
    assert event_rows(app, exam.public_id) == once, "void, and graded again"
    reopen(exam)
    exam.answer_right(SINGLE)
    exam.hand_in()
    rows = event_rows(app, exam.public_id)
    assert rows[SINGLE] == once[SINGLE]
    assert all(row.earned == 1 for case, row in rows.items() if case != SINGLE)
    assert replayed(app).differences == ()


CANNOT_BE: dict[str, dict[str, Any]] = {
    "the same case twice": {"position": 7},
    "more than a case is worth": {"possible": 2},
    "more than there is to earn": {"earned_num": 3, "earned_den": 2},
    "earned in a dropped case": {"possible": 0, "danger": None},
    "answered, and no danger": {"danger": None},
    "a danger without an answer": {"is_blank": True},
}


def test_the_database_refuses_rows_that_cannot_be(app: Flask, exam: Exam) -> None:
    exam.learner.answer(exam.public_id, exam.positions[WELL])
    exam.hand_in()
    (row,) = (row for row in everything(app) if row["earned_num"])
    ours = ItemResult.position == row["position"]
    with app.app_context():
        for words, odd in CANNOT_BE.items():
            if words != "the same case twice":
                with unit_of_work() as session:
                    session.execute(delete(ItemResult).where(ours))
            with pytest.raises(IntegrityError), unit_of_work() as session:
                session.execute(insert(ItemResult).values(row | odd))
            with unit_of_work() as session:  # control: as it was, it is let in
                session.execute(delete(ItemResult).where(ours))
                session.execute(insert(ItemResult).values(row))


# Gradings that are older than the rows


def enqueue(after: int = 0) -> None:
    """Owe the rows, as the migration does."""
    with unit_of_work() as session:
        owed = {"after": after}
        now = clock.now()
        outbox.enqueue_job(
            session, backfilling.PURPOSE, str(after), due_at=now, now=now, payload=owed
        )


def forget() -> None:
    """Let there be no rows, as before the migration, which owes them."""
    with unit_of_work() as session:
        session.execute(delete(ItemResult))
    enqueue()


@pytest.fixture
def three_tries(app: Flask, exam: Exam) -> list[dict[str, Any]]:
    """Three attempts, graded as void, the last of them open again; return their rows."""
    for choose in (right, blank, worst):
        one = replace(exam, public_id=exam.learner.start())
        for case in (WELL, TWO_STEPS):
            exam.learner.answer(one.public_id, one.positions[case], choose)
        exam.learner.hand_in(one.public_id)
        void(one)
    reopen(one)
    return everything(app)


def test_the_worker_writes_what_grading_would_have_written(
    app: Flask, three_tries: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfilling, "BATCH", 2)
    with app.app_context():
        forget()
    waiting = replayed(app)
    assert (waiting.differences, waiting.awaiting_backfill) == ((), 3)
    with app.app_context():
        for left in (1, 0):
            assert worker.run_next_due_job()
            assert compare_results_with_regrading(db.session()).awaiting_backfill == left
        worker.run_all_due_jobs()
        owed = select(func.count()).where(
            OutboxItem.done_at.is_(None), OutboxItem.purpose == "backfill-item-results"
        )
        assert db.session.scalar(owed) == 0, "it comes to an end"
    assert everything(app) == three_tries
    assert replayed(app) == ReplayReport(3, 3, 0, ())


def begin_and_stop(batch: backfilling.Batch) -> None:
    with unit_of_work() as session:
        backfilling.write_item_results_and_enqueue_next(session, batch, now=clock.now())
        raise ZeroDivisionError  # the power goes


@on_sqlite
def test_a_batch_that_was_killed_or_comes_twice_changes_nothing(
    app: Flask, three_tries: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfilling, "BATCH", 2)
    with app.app_context():
        forget()
        batch = backfilling.compute_next_batch_of_item_results(db.session(), after=0)
        assert batch is not None
        with pytest.raises(ZeroDivisionError):
            begin_and_stop(batch)
        for _twice in range(2):
            with unit_of_work() as session:
                backfilling.write_item_results_and_enqueue_next(session, batch, now=clock.now())
        worker.run_all_due_jobs()
    assert everything(app) == three_tries


@on_sqlite
def test_rows_that_are_changed_or_missing_are_named_unless_they_are_owed(
    app: Flask, three_tries: list[dict[str, Any]]
) -> None:
    last = max(row["attempt_id"] for row in three_tries)
    with app.app_context():
        with unit_of_work() as session:
            changed = sa.update(ItemResult).values(is_seen=~ItemResult.is_seen)
            session.execute(changed.where(ItemResult.position == 3))
            session.execute(delete(ItemResult).where(ItemResult.position == 2))
        found = compare_results_with_regrading(db.session())
        assert (found.awaiting_backfill, len(found.differences)) == (0, 6)
        assert {one.about for one in found.differences} == {"item 2", "item 3"}
        with unit_of_work() as session:
            session.execute(delete(ItemResult))
        assert len(compare_results_with_regrading(db.session()).differences) == len(three_tries), (
            "nobody owes them"
        )
        enqueue(after=last - 1)
        found = compare_results_with_regrading(db.session())
        assert (found.awaiting_backfill, len(found.differences)) == (1, len(three_tries) - 6)


@on_sqlite
def test_a_grading_that_cannot_be_read_holds_up_no_other(
    app: Flask, three_tries: list[dict[str, Any]]
) -> None:
    broken = min(row["attempt_id"] for row in three_tries)
    with app.app_context():
        forget()
        with unit_of_work() as session:
            for name in frozen.installed(session.connection(), "grade_events"):
                session.execute(sa.text(f"DROP TRIGGER {name}"))
            torn = sa.update(GradeEvent).where(GradeEvent.attempt_id == broken)
            session.execute(torn.values(inputs={"keys": {}, "dropped": []}))
        worker.run_all_due_jobs()
        found = compare_results_with_regrading(db.session())
        assert {one.about for one in found.differences} == {"inputs", "items"}
    assert everything(app) == [row for row in three_tries if row["attempt_id"] != broken]


def to_before_and_back(database: Database) -> None:
    """Migrate below item results, as a database of the release before stood, and up again."""
    above = [step for step in ladder() if step.revision >= "0012"]
    schemas.remove(database.url, [schemas.above(step) for step in reversed(above)])
    migrate.run(database.url, above[0].below)
    migrate.run(database.url)


def test_a_database_of_before_gets_its_rows(app: Flask, exam: Exam, database: Database) -> None:
    exam.answer_right()
    exam.hand_in()
    rows = everything(app)
    disconnect(app)
    to_before_and_back(database)
    waiting = replayed(app)
    assert (waiting.differences, waiting.awaiting_backfill) == ((), 1)
    assert everything(app) == []
    with app.app_context():
        assert db.session.scalars(select(GradeEvent.inputs)).all() == [None]
        worker.run_all_due_jobs()
    assert everything(app) == rows
    assert replayed(app) == ReplayReport(1, 1, 0, ())


@on_sqlite
def test_a_host_whose_clock_was_ahead_keeps_no_rows_waiting(app: Flask, database: Database) -> None:
    Learner(app, MAYA).pass_exam()
    with clock.freeze_at(clock.now() + timedelta(days=400)):
        Learner(app, ZOE).pass_exam()
    rows = everything(app)
    disconnect(app)
    to_before_and_back(database)
    with app.app_context():
        worker.run_all_due_jobs()
    assert everything(app) == rows
