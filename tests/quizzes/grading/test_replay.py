"""Every stored attempt can be graded again from what it rests on; any change to that is named."""

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.access.permissions import SYSTEM
from cpd.cases.scales import Danger
from cpd.cli import attempts as command_line
from cpd.courses.models import Revision
from cpd.db import db, unit_of_work
from cpd.jobs import worker
from cpd.kernel import clock
from cpd.quizzes.attempts import actions as attempt_actions
from cpd.quizzes.attempts import queries as attempt_queries
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.grading import actions as grading_actions
from cpd.quizzes.grading import computing
from cpd.quizzes.grading.models import GradeEvent, ItemResult, Result
from cpd.quizzes.grading.replay import compare_results_with_regrading
from cpd.quizzes.keys import find_stored_keys
from cpd.quizzes.results import review as review_
from cpd.quizzes.rules.attempts import AttemptState
from cpd.quizzes.rules.grading import GradingInputs
from migrations import frozen
from tests.factories.accounts import add_person
from tests.factories.courses import publish_as_once
from tests.factories.quizzes import Learner, harmless_and_wrong, worst
from tests.support import schemas
from tests.support.databases import Database
from tests.support.moved_clock import MovedClock
from tests.support.people import Person
from tests.support.visitor import Visitor

PEOPLE = {"sqlite": 20, "postgresql": 5}
FIRST = ("void", "failed", "expired", "failed", "expired")
LAST = ("open", "submitted", "passed", "critical", "reopened")
EACH = len(FIRST) + 1
"""Attempts of each of them: 120 in all on SQLite, more than one batch."""


def other_people(app: Flask, count: int) -> list[Person]:
    people = [Person(f"learner{n}", f"Learner {n}", "takes the exam") for n in range(count)]
    with app.app_context(), unit_of_work() as session:
        for person in people:
            add_person(session, email=person.email, name=person.full_name)
    return people


def live(learner: Learner, fate: str, fail: Callable[[], AbstractContextManager[None]]) -> None:
    """Let somebody have one attempt that ends as its fate says."""
    public_id = learner.start()
    match fate:
        case "open":
            learner.answer(public_id, 1)
        case "passed":
            learner.answer_all(public_id)
            learner.hand_in(public_id)
        case "failed":
            learner.answer(public_id, 1, harmless_and_wrong)
            learner.hand_in(public_id)
        case "critical":
            learner.answer_all(public_id, worst)
            learner.hand_in(public_id)
        case "submitted":
            learner.answer(public_id, 2)
            with fail():
                learner.hand_in(public_id)
        case "expired":
            learner.answer(public_id, 3)
            expire(learner, public_id)
        case "void" | "reopened":
            learner.answer(public_id, 4, worst)
            void(learner, public_id)
            if fate == "reopened":
                reopen(learner, public_id)
                learner.answer(public_id, 5)


def expire(learner: Learner, public_id: str) -> None:
    """Give the attempt a deadline that is then over, and let the sweeper close it."""
    with learner.app.app_context():
        attempt_id = learner.attempt(public_id).id
        now = clock.now()
        with unit_of_work() as session:
            attempt = attempt_queries.lock_and_read_attempt(session, attempt_id)
            inputs = attempt.deadline_inputs | {"limit_minutes": 30}
            attempt.deadline_inputs = inputs
            attempt.deadline_at = now + timedelta(minutes=30)
        with unit_of_work() as session:
            attempt_actions.lock_and_close_if_overdue(
                session, attempt_id, now=now + timedelta(hours=1)
            )


def void(learner: Learner, public_id: str) -> None:
    with learner.app.app_context():
        attempt_id = learner.attempt(public_id).id
        with unit_of_work() as session:
            attempt_actions.void_attempt(
                session, attempt_id, actor=SYSTEM, now=clock.now(), reason="power cut"
            )


def reopen(learner: Learner, public_id: str) -> None:
    with learner.app.app_context():
        attempt_id = learner.attempt(public_id).id
        with unit_of_work() as session:
            attempt_actions.reopen_attempt(
                session, attempt_id, to=None, actor=SYSTEM, now=clock.now(), reason="power is back"
            )


class _GradingFailsError(RuntimeError):
    pass


def _fail(*_: object, **__: object) -> None:
    raise _GradingFailsError


@contextmanager
def grading_fails() -> Iterator[None]:
    """Let grading fail in the block: attempts stay handed in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(computing, "compute_exam_result", _fail)
        yield


def test_many_attempts_in_every_state_replay_without_difference(
    app: Flask, clock: MovedClock, database: Database
) -> None:
    people = PEOPLE[database.engine]
    ends = itertools.cycle(LAST)
    learners = [Learner(app, person).study() for person in other_people(app, people)]
    for fate in FIRST:
        for learner in learners:
            live(learner, fate, grading_fails)
        clock.advance(hours=13)
    for learner, fate in zip(learners, ends, strict=False):
        live(learner, fate, grading_fails)
    with app.app_context():
        states = set(db.session.scalars(select(Attempt.state).distinct()))
        assert states == set(AttemptState) - {AttemptState.EXPIRED}  # graded as soon as expired
        found = compare_results_with_regrading(db.session())
        assert found.attempts == people * EACH
        assert {one.about for one in found.differences} == {"state"}  # handed in, not graded yet
        assert len(found.differences) == people / len(LAST)
        worker.run_all_due_jobs()
        repaired = compare_results_with_regrading(db.session())
        assert repaired.differences == ()
        assert repaired.graded > people * EACH / 2


# One thing changed behind the application's back


def unfreeze(table: str) -> None:
    """Take the triggers off a table, as somebody at the database itself could."""
    with unit_of_work() as session:
        on = f" ON {table}" if session.get_bind().dialect.name == "postgresql" else ""
        for name in frozen.installed(session.connection(), table):
            session.execute(sa.text(f"DROP TRIGGER {name}{on}"))


def change(table: str, sql: str, **values: Any) -> None:
    unfreeze(table)
    with unit_of_work() as session:
        session.execute(sa.text(sql), values)


@pytest.fixture
def passed(app: Flask, maya_studies: Learner) -> str:
    """The public id of an attempt that passed; it replays without difference."""
    public_id = maya_studies.start()
    maya_studies.answer_all(public_id)
    maya_studies.hand_in(public_id)
    with app.app_context():
        assert compare_results_with_regrading(db.session()).differences == ()
    return public_id


def found_after(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        return [
            (one.attempt, one.about)
            for one in compare_results_with_regrading(db.session()).differences
        ]


def test_a_changed_mark_is_named(app: Flask, passed: str) -> None:
    with app.app_context():
        change("results", "UPDATE results SET score_num = 3, score_den = 4")
    assert (passed, "score") in found_after(app)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("grade_number", "7"),
        ("score_num", "9, score_den = 10"),
        ("pass_num", "1"),
        ("pass_den", "pass_den + 1"),
        ("critical_count", "1"),
        ("gate_met", "NOT gate_met"),
        ("graded_at", "'2026-01-01 00:00:00.000000'"),
        ("passed", "NOT passed"),
    ],
)
def test_every_changed_part_of_a_result_is_named(
    app: Flask, passed: str, column: str, value: str
) -> None:
    lets_it_in = ", passed = FALSE" if column in {"critical_count", "gate_met"} else ""
    with app.app_context():
        change("results", f"UPDATE results SET {column} = {value}{lets_it_in}")  # noqa: S608
    assert (passed, f"result, {column}") in found_after(app)


def test_a_changed_key_is_named(app: Flask, maya_studies: Learner, passed: str) -> None:
    with app.app_context():
        attempt = maya_studies.attempt(passed)
        item = attempt.items[0]
        key = maya_studies.keys(attempt)[1].to_json()
        for option in key["steps"][0]["options"]:
            option["marks"] = "0"
        change(
            "case_keys",
            "UPDATE case_keys SET key = :key WHERE revision_id = :revision",
            key=json.dumps(key),
            revision=item.revision_id,
        )
        case = item.revision.front["id"]
    assert (passed, f"case {case}") in found_after(app)


def test_a_changed_event_is_named(app: Flask, passed: str) -> None:
    with app.app_context():
        change(
            "answer_events",
            "UPDATE answer_events SET answer = :answer WHERE sequence = 1",
            answer='{"choice": "nowhere"}',
        )
    found = found_after(app)
    assert (passed, "receipt 1") in found
    assert (passed, "answers") in found


def test_a_removed_event_is_named(app: Flask, passed: str) -> None:
    with app.app_context():
        change("answer_events", "DELETE FROM answer_events WHERE sequence = 2")
    assert (passed, "receipt 2") in found_after(app)


# Gradings by another key, and without a case


@pytest.fixture
def regraded(app: Flask, maya_studies: Learner) -> str:
    """The public id of an attempt with critical acts, graded anew as two people may decide.

    One case was marked by a later key, in which everything is right, and another one dropped.
    """
    public_id = maya_studies.start()
    maya_studies.answer_all(public_id, worst)
    maya_studies.hand_in(public_id)
    with app.app_context():
        attempt = maya_studies.attempt(public_id)
        at = lenient_at(attempt)
        front, case_id = dict(attempt.items[at].revision.front), attempt.items[at].case_id
        lenient, dropped = front["id"], attempt.items[at - 1].revision.front["id"]
    publish_as_once(app, f"case:{lenient}", front)
    with app.app_context():
        later = db.session.scalars(
            select(Revision.id).where(Revision.document_id == case_id).order_by(Revision.id.desc())
        ).first()
        assert later is not None
        key = find_stored_keys(db.session(), [later])[later].to_json()
        for option in (option for step in key["steps"] for option in step["options"]):
            option.update(correct=True, danger="safe", danger_if_missed="safe", marks="1/1")
        new = json.dumps(key)
        change("case_keys", "UPDATE case_keys SET key = :new WHERE revision_id = :id", new=new,
               id=later)  # fmt: skip
        with unit_of_work() as session:
            attempt = attempt_queries.lock_and_read_attempt(
                session, maya_studies.attempt(public_id).id
            )
            drawn = computing.build_grading_inputs(attempt, None)
            regrade(
                session,
                attempt,
                GradingInputs({**drawn.keys, lenient: later}, frozenset({dropped})),
            )
    return public_id


def lenient_at(attempt: Attempt) -> int:
    """Return the place of a case that asks for one choice first."""
    kinds = [item.revision.front["steps"][0]["kind"] for item in attempt.items]
    return next(at for at, kind in enumerate(kinds) if kind in {"decision", "single"})


def regrade(session: Session, attempt: Attempt, inputs: GradingInputs) -> None:
    """Grade an attempt by other inputs than its last grading."""
    computed = computing.compute_exam_result(session, attempt, inputs)
    event = GradeEvent(
        attempt_id=attempt.id, number=2, run="run-2", policy="mended", actor=SYSTEM.subject,
        on_behalf_of=attempt.subject, graded_at=clock.now(), score_num=computed.score_num,
        score_den=computed.score_den, passed=computed.passed,
        detail=computing.compute_result_detail(session, attempt, computed), inputs=inputs.to_json(),
    )  # fmt: skip
    session.add(event)
    session.flush()
    grading_actions.write_result_of_grading(session, attempt, event)


def grading_of(public_id: str) -> GradeEvent:
    return db.session.scalars(
        select(GradeEvent)
        .join(Attempt, Attempt.id == GradeEvent.attempt_id)
        .where(Attempt.public_id == public_id)
        .order_by(GradeEvent.number.desc())
    ).first() or pytest.fail("never graded")


def test_a_grading_by_another_key_and_without_a_case_replays_by_what_it_used(
    app: Flask, maya_studies: Learner, regraded: str
) -> None:
    assert found_after(app) == []
    with app.app_context():
        attempt = maya_studies.attempt(regraded)
        rows = db.session.scalars(
            select(ItemResult)
            .where(ItemResult.attempt_id == attempt.id)
            .order_by(ItemResult.position)
        ).all()
        at = lenient_at(attempt)
        lenient, dropped = rows[at], rows[at - 1]
        drawn = [item.revision_id for item in attempt.items]
        assert [row.position for row in rows if row.revision_id not in drawn] == [lenient.position]
        assert (lenient.earned_num > 0, lenient.danger) == (True, Danger.SAFE)
        assert (dropped.possible, dropped.earned_num, dropped.danger) == (0, 0, None)
        assert dropped.choice
        names = [item.revision.front["id"] for item in attempt.items]
        gone = names[at - 1]
        detail = grading_of(regraded).detail
        assert [case["case"] for case in detail["dropped"]] == [gone]
        assert [case["case"] for case in detail["cases"]] == [n for n in names if n != gone]
        earned = sum(Fraction(row.earned_num, row.earned_den) for row in rows)
        assert sum(row.possible for row in rows) == len(names) - 1
        assert db.session.get_one(Result, attempt.id).score == earned / (len(names) - 1)
        shown = review_._find_cases_with_keys(
            db.session(), attempt, db.session.get_one(Result, attempt.id)
        )
        assert [one.case.id for one in shown] == names
        with unit_of_work() as session:  # what follows rests on it too
            now = clock.now()
            attempt_actions.void_attempt(
                session, attempt.id, actor=SYSTEM, now=now, reason="power cut"
            )
        again = grading_of(regraded)
        assert (again.number, again.detail["dropped"]) == (3, detail["dropped"])
    assert found_after(app) == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_learner_sees_the_result_of_it(maya: Visitor, regraded: str) -> None:
    page = maya.get(f"/attempts/{regraded}/result").page
    assert page.h1.startswith("Not passed this time")


Inputs = dict[str, Any]


def tampered(sound: Inputs, attempt: Attempt) -> dict[str, Inputs]:
    """Return the inputs of a grading as somebody at the database itself could change them."""
    keys, dropped = sound["keys"], sound["dropped"]
    drawn = computing.build_grading_inputs(attempt, None).to_json()["keys"]
    (lenient,) = (case for case in keys if keys[case] != drawn[case])
    other = next(case for case in keys if case not in {lenient, *dropped})
    return {
        "nothing dropped": sound | {"dropped": []},
        "another case dropped": sound | {"dropped": [other]},
        "the keys as drawn": sound | {"keys": drawn},
        "the key of another case": sound | {"keys": keys | {lenient: drawn[other]}},
        "a key that is none": sound | {"keys": keys | {lenient: 4711}},
        "a case too few": sound | {"keys": {case: keys[case] for case in keys if case != other}},
        "none at all, which says as drawn": {},
    }


def test_control_changed_inputs_are_named(app: Flask, maya_studies: Learner, regraded: str) -> None:
    with app.app_context():
        event = grading_of(regraded)
        sound = json.loads(json.dumps(event.inputs))
        unfreeze("grade_events")
        for words, inputs in tampered(sound, maya_studies.attempt(regraded)).items():
            store(event, inputs or None)
            assert compare_results_with_regrading(db.session()).differences != (), words
        store(event, sound)
        assert compare_results_with_regrading(db.session()).differences == ()


def store(event: GradeEvent, inputs: Inputs | None) -> None:
    """Write inputs over those of a grading, whose table is guarded no more."""
    with unit_of_work() as session:
        written = sa.null() if inputs is None else inputs
        session.execute(sa.update(GradeEvent).where(GradeEvent.id == event.id)
                        .values(inputs=written))  # fmt: skip


def test_the_schema_below_cannot_hold_such_a_grading(
    app: Flask, database: Database, maya_studies: Learner, regraded: str
) -> None:
    public_id = regraded
    (step,) = (step for step in schemas.ladder() if step.revision == "0012")
    with schemas.connected(database.url) as connection:
        assert list(schemas.counted(connection, schemas.above(step)).values()) == [1]
    with app.app_context():
        unfreeze("grade_events")
        event = grading_of(public_id)
        inputs = computing.build_grading_inputs(maya_studies.attempt(public_id), None).to_json()
        for stored, there in ((inputs, 0), (inputs | {"dropped": list(inputs["keys"])[:1]}, 1)):
            store(event, stored)
            with schemas.connected(database.url) as connection:
                counted = schemas.counted(connection, schemas.above(step))
            assert list(counted.values()) == [there]


def test_the_command_says_so_and_fails(
    app: Flask, passed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command_line, "create_app_or_exit", lambda: app)
    runner = CliRunner()
    fine = runner.invoke(command_line.command, ["replay"])
    assert (fine.exit_code, fine.output) == (0, "1 attempts, 1 graded, 0 differences.\n")
    with app.app_context():
        change("results", "UPDATE results SET score_num = 3, score_den = 4")
    found = runner.invoke(command_line.command, ["replay"])
    assert found.exit_code == 1
    assert f"{passed}: score: stored 3/4; found 1" in found.output
