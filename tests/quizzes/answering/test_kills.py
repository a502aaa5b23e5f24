"""Web processes are killed while learners answer: what was acknowledged is there, and once."""

from pathlib import Path

import pytest
from flask import Flask

from tests.factories import courses
from tests.quizzes import exam_visitor
from tests.support import hammer
from tests.support.databases import Database
from tests.support.hammer import Hammer, Outcome
from tests.support.moved_clock import MovedClock
from tests.support.server import serving

pytestmark = [
    pytest.mark.race,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
CASES = 6
WRITERS = 4


def hammered(
    app: Flask,
    database: Database,
    folder: Path,
    *,
    answers: int,
    kills: int,
    wsgi: str = "wsgi:app",
) -> Outcome:
    """Let four people answer the exam of the pocket course while processes are killed."""
    attempts = hammer.learners(app, WRITERS, courses.publish(app, exam_visitor.pocket(folder)))
    with serving(database, wsgi=wsgi) as server:
        tables = [hammer.sit_down(server, *each, CASES) for each in attempts.items()]
        return Hammer(server).run(tables, answers=answers, kills=kills)


def test_nothing_acknowledged_is_lost_or_doubled(
    app: Flask, database: Database, clock: MovedClock, tmp_path: Path
) -> None:
    clock.close()  # the server's clock is the machine's
    done = hammered(app, database, tmp_path, answers=2000, kills=5)
    print(done)  # noqa: T201 - shown by `pytest -s`, and when it fails
    assert len(done.receipts) == done.sent == 2000
    assert done.kills >= 5
    assert done.again > 0
    assert list(hammer.faults(app, done)) == []


def test_control_a_site_that_answers_before_it_commits_loses_some(
    app: Flask, database: Database, clock: MovedClock, tmp_path: Path
) -> None:
    clock.close()
    done = hammered(
        app, database, tmp_path, answers=60, kills=3, wsgi="tests.support.answers_early:app"
    )
    assert any(fault.startswith("lost: ") for fault in hammer.faults(app, done))
