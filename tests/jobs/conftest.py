"""Work to be done in these tests: purposes that nothing else handles."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from cpd.db import db, unit_of_work
from cpd.jobs import outbox
from cpd.jobs.models import OutboxItem
from cpd.joints.registry import EXTENSION, Job
from cpd.kernel import clock
from tests.support import joints

Handle = Callable[[Job], None]


@pytest.fixture
def ctx(app: Flask) -> Iterator[None]:
    """The app's context for the whole test, as a worker has it."""
    with app.app_context():
        yield


@pytest.fixture
def handled(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Handle:
    """Names who handles the purposes `ring`, and `write` by mail, in this test."""

    def handle(handler: Job) -> None:
        ours = joints.registry_of(app)
        jobs = ours.jobs | {"ring": handler, "write": handler}
        theirs = replace(ours, jobs=jobs, email_purposes=ours.email_purposes | {"write"})
        monkeypatch.setitem(app.extensions, EXTENSION, theirs)

    return handle


def enqueue(about: str, *, purpose: str = "ring", in_seconds: int = 0) -> None:
    """Owe something now, or in a while."""
    now = clock.now()
    with unit_of_work() as session:
        due_at = now + timedelta(seconds=in_seconds)
        outbox.enqueue_job(session, purpose, about, due_at=due_at, now=now, payload={"bell": about})


def claim() -> OutboxItem | None:
    """Claim as a worker does."""
    with unit_of_work() as session:
        return outbox.claim_due_job(session, now=clock.now())


def release(item: OutboxItem, error: str | None = None) -> None:
    """Record the outcome as a worker does."""
    with unit_of_work() as session:
        if error is None:
            outbox.mark_job_done(session, item, now=clock.now())
        else:
            outbox.retry_job_later(session, item, now=clock.now(), error=error)


def stored(about: str) -> OutboxItem:
    """Return the row as it stands in the database."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(OutboxItem).where(OutboxItem.about == about)).one()
