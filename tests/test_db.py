"""The unit of work, and instants."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from flask import Flask, render_template
from sqlalchemy.exc import DBAPIError, StatementError

from cpd import db as storage
from cpd.accounts.sign_in import password_hashing
from cpd.content import render
from cpd.courses.models import Revision
from cpd.db import Base, DatabaseMark, LostTransactionError, db, unit_of_work
from cpd.kernel import clock

# The unit of work


def test_a_unit_of_work_keeps_what_it_returned_from_and_drops_what_it_raised_from(
    app: Flask,
) -> None:
    def mark(name: str, *, fails: bool) -> None:
        with unit_of_work() as session:
            session.add(storage.DatabaseMark(name=name))
            session.flush()
            if fails:
                raise ZeroDivisionError

    with app.app_context():
        mark("kept", fails=False)
        with pytest.raises(ZeroDivisionError):
            mark("dropped", fails=True)
        assert db.session.get(storage.DatabaseMark, "kept") is not None
        assert db.session.get(storage.DatabaseMark, "dropped") is None


def test_units_of_work_do_not_nest(app: Flask) -> None:
    with (
        app.app_context(),
        pytest.raises(RuntimeError, match="do not nest"),
        unit_of_work(),
        unit_of_work(),
    ):
        pass


def _lose(app: Flask) -> None:
    """Write, meet an error that takes the transaction away, and go on as if nothing was."""
    with app.app_context(), unit_of_work() as session:
        session.add(DatabaseMark(name="lost"))
        session.flush()
        is_sqlite = db.engine.dialect.name == "sqlite"
        with suppress(DBAPIError):
            session.connection().exec_driver_sql("ROLLBACK" if is_sqlite else "SELECT 1 / 0")


def test_a_caught_error_does_not_hide_that_nothing_is_left_to_commit(app: Flask) -> None:
    with pytest.raises(LostTransactionError):
        _lose(app)


def test_control_both_drivers_would_commit_nothing_without_a_word(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "_is_transaction_lost", lambda _raw: False)
    _lose(app)
    with app.app_context():
        assert db.session.get(DatabaseMark, "lost") is None


SLOW: dict[str, Callable[[], object]] = {
    "argon2": lambda: password_hashing.hash_password("a long walk before breakfast"),
    "Markdown": lambda: render.render_markdown(["text"]),
    "a page": lambda: render_template("web/page.html", title="x"),
}


@pytest.mark.parametrize("name", SLOW)
def test_slow_work_is_refused_inside_a_unit_of_work(app: Flask, name: str) -> None:
    """That no PDF is made in one is tested with the PDF."""
    with (
        app.test_request_context(),
        pytest.raises(RuntimeError, match=r"unit of work|write transaction"),
        unit_of_work(),
    ):
        SLOW[name]()


# Instants


def test_instants_come_back_aware_and_in_utc(app: Flask) -> None:
    with app.app_context():
        stored = db.session.scalars(sa.select(Revision)).first()
        assert stored is not None
        assert stored.published_at == clock.now()
        assert stored.published_at.tzinfo is UTC


def test_another_zone_is_the_same_instant(app: Flask) -> None:
    eastern = timezone(timedelta(hours=-5))
    there = datetime(2026, 11, 1, 20, 0, tzinfo=eastern)
    kind = storage.UtcDateTime()
    with app.app_context():
        dialect = db.engine.dialect
        stored = kind.process_bind_param(there, dialect)
        assert kind.process_result_value(stored, dialect) == there


def test_a_naive_instant_is_refused(app: Flask) -> None:
    naive = datetime(2026, 11, 1, 20, 0)  # noqa: DTZ001 - that is the point
    outbox = sa.update(Base.metadata.tables["outbox_items"])
    with (
        app.app_context(),
        pytest.raises(StatementError, match="no time zone"),
        unit_of_work() as session,
    ):
        session.execute(outbox.values(due_at=naive))
