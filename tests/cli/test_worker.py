"""`cpd worker`: once through, or until it is asked to stop."""

import os
import signal
from datetime import datetime

import pytest
from flask import Flask

from cpd.jobs import outbox
from cpd.jobs.models import OutboxItem
from tests.cli.conftest import Typed, said
from tests.jobs.conftest import enqueue, stored
from tests.support.databases import Database


def test_it_does_what_is_due_and_counts_it(app: Flask, database: Database, typed: Typed) -> None:
    with app.app_context():
        enqueue("door", purpose="of-a-later-release")
        enqueue("gate", purpose="of-a-later-release")
        enqueue("later", purpose="of-a-later-release", in_seconds=60)
    for count in (2, 0):
        done = typed(database, "worker", "--until-idle")
        assert done.stdout == f"Done: {count}\n", said(done)


def test_it_runs_until_it_is_asked_to_stop(
    app: Flask, database: Database, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ring(_item: OutboxItem, *, now: datetime) -> None:
        del now
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(outbox, "run_job_handler", ring)
    with app.app_context():
        enqueue("door")
    done = typed(database, "worker")
    assert done.exit_code == 0, said(done)
    with app.app_context():
        assert stored("door").done_at is not None
