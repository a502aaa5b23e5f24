"""A broken site, for a control: it acknowledges an answer before it commits it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response, after_this_request
from sqlalchemy.orm import Session

from cpd.cli.main import create_app_or_exit
from cpd.db import db
from cpd.quizzes.answering import receiving

AFTERWARDS_SECONDS = 0.02


@contextmanager
def late_unit_of_work() -> Iterator[Session]:
    """Commit after the reply is sent."""
    session = Session(db.engine)
    session.connection(execution_options={"cpd_write": True})
    yield session
    session.flush()

    def commit() -> None:
        time.sleep(AFTERWARDS_SECONDS)
        session.commit()

    @after_this_request
    def later(response: Response) -> Response:
        response.call_on_close(commit)
        return response


app = create_app_or_exit()
vars(receiving)["unit_of_work"] = late_unit_of_work
