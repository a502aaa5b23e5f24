"""`cpd attempts replay`: nothing in a demo, whose people are in every state; what was touched."""

import sqlalchemy as sa

from tests.cli.conftest import Typed, said
from tests.support.databases import Database
from tests.support.schemas import connected


def count_attempts(demo: Database) -> tuple[int, int]:
    """Count the attempts in a database, and those that are graded."""
    with connected(demo.url) as connection:
        attempts = connection.scalar(sa.text("SELECT count(*) FROM attempts"))
        graded = connection.scalar(sa.text("SELECT count(*) FROM attempts WHERE state = 'graded'"))
    return attempts or 0, graded or 0


def test_the_demo_replays_without_a_difference(demo: Database, typed: Typed) -> None:
    done = typed(demo, "attempts", "replay")
    attempts, graded = count_attempts(demo)
    assert graded > 10
    assert said(done) == f"{attempts} attempts, {graded} graded, 0 differences.\n"
    assert done.exit_code == 0


def test_control_a_result_that_was_touched_is_named(demo: Database, typed: Typed) -> None:
    with connected(demo.url) as connection:
        touched = "UPDATE results SET score_num = score_num + 1 WHERE NOT passed"
        connection.execute(sa.text(f"{touched} AND critical_count = 0"))
        connection.commit()
    done = typed(demo, "attempts", "replay")
    assert done.exit_code == 1
    *named, last = said(done).splitlines()
    assert named
    assert all(line.startswith("att_") and "score" in line for line in named)
    attempts, graded = count_attempts(demo)
    assert last == f"{attempts} attempts, {graded} graded, {len(named)} differences."
