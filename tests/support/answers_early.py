"""A broken site, for a control: it acknowledges an answer before it commits it."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

from sqlalchemy.orm import Session

from cpd.cli.main import create_app_or_exit
from cpd.db import db
from cpd.quizzes.answering import receiving

AFTERWARDS_SECONDS = 0.02


@contextmanager
def late_unit_of_work() -> Iterator[Session]:
    """Commit after the reply is sent, in another thread: a reply is sent when the view is done."""
    session = Session(db.engine)
    session.connection(execution_options={"cpd_write": True})
    yield session
    session.flush()
    Timer(AFTERWARDS_SECONDS, session.commit).start()


app = create_app_or_exit()
vars(receiving)["unit_of_work"] = late_unit_of_work
