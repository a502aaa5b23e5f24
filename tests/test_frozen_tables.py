"""Frozen rows: what the database itself refuses, and what may move."""

# ruff: noqa: S608 - the table names come from our own list

import sqlite3

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from cpd import db as storage
from cpd.certificates.models import (
    Certificate,
    CertificateEnding,
    CertificateFile,
    CertificateState,
)
from cpd.courses.models import LedgerEntry
from cpd.db import Base, db, unit_of_work
from cpd.evaluations import actions as evaluations
from cpd.frozen_tables import FROZEN, FrozenTable
from cpd.hosts.keys import register_host_keys
from cpd.kernel import clock
from cpd.media import actions as media
from migrations import frozen
from tests.factories import courses, credit, dual_control, everything, organisations, reporting
from tests.factories.quizzes import Learner
from tests.support.people import MAYA


@pytest.fixture
def full(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The app with a row in every frozen table."""
    register_host_keys(app)
    monkeypatch.setitem(*dual_control.filling(app))
    attempt = Learner(app, MAYA).pass_exam()
    with app.app_context():
        certificate = db.session.scalars(sa.select(Certificate)).one()
        with unit_of_work() as session:
            session.add(
                CertificateEnding(
                    certificate_id=certificate.id,
                    state=CertificateState.REVOKED,
                    reason="It is wrong.",
                    actor="sub_x",
                    ended_at=clock.now(),
                )
            )
            session.add(
                CertificateFile(
                    certificate_id=certificate.id,
                    format="pdf",
                    content=b"%PDF",
                    content_hash="0" * 64,
                    made_at=clock.now(),
                )
            )
            credit.approve_provider(session, actor=courses.actor_of(MAYA), now=clock.now())
            everything.add_refusal_of_credit(session, certificate, "lic_one", now=clock.now())
            reporting.add_row_in_every_table(
                session, certificate, actor=courses.actor_of(MAYA), now=clock.now()
            )
            media.store_media(session, b"PNG", "image/png", now=clock.now())
            dual_control.ask(session, actor=courses.actor_of(MAYA), now=clock.now())
            evaluations.save_evaluation(
                session,
                certificate.enrolment,
                {"clear": 4},
                "",
                actor=courses.actor_of(MAYA),
                now=clock.now(),
            )
    assert attempt
    everything.fill_classes(app, organisations.school(app))
    return app


def rows(table: str) -> int:
    return db.session.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar() or 0


def refused(sql: str) -> None:
    """Run SQL that the database must refuse because the row is frozen."""
    with pytest.raises(DBAPIError, match="frozen"), unit_of_work() as session:
        session.execute(sa.text(sql))


def fixed_column(table: FrozenTable) -> str:
    """Name a column of the table that may never change."""
    columns = Base.metadata.tables[table.table].columns
    names = ["public_id", "title", "text", "receipt", "at", "key", "key_id", "case_id"]
    free = [c.name for c in columns if c.name not in table.movable and not c.primary_key]
    return next((name for name in names if name in free), free[0])


def test_every_frozen_table_resists(full: Flask) -> None:
    with full.app_context():
        for table in FROZEN:
            _resists(table)


def _resists(table: FrozenTable) -> None:
    count = rows(table.table)
    assert count, f"nothing in {table.table}: the test would prove nothing"
    column = fixed_column(table)
    refused(f"DELETE FROM {table.table}")
    refused(f'UPDATE {table.table} SET "{column}" = {_another(table.table, column)}')
    if db.engine.dialect.name == "sqlite":
        # This deletes silently; recursive triggers make it heard.
        refused(f"INSERT OR REPLACE INTO {table.table} SELECT * FROM {table.table}")
    else:
        refused(f"TRUNCATE {table.table} CASCADE")
    assert rows(table.table) == count


def _another(table: str, column: str) -> str:
    """Return SQL for another value of a column than any row has."""
    kind = Base.metadata.tables[table].columns[column].type
    if isinstance(kind, sa.Integer | sa.Boolean):
        return "-1" if isinstance(kind, sa.Integer) else "NOT passed"
    if isinstance(kind, sa.JSON):
        return "'{\"another\": 1}'"
    if isinstance(kind, sa.DateTime | storage.UtcDateTime):
        return "'1999-01-01 00:00:00.000000'"
    return "'another'"


def test_control_without_recursive_triggers_a_row_is_replaced(full: Flask) -> None:
    with full.app_context():
        if db.engine.dialect.name != "sqlite":
            return
        path = db.engine.url.database or ""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA recursive_triggers = OFF")
        connection.execute("INSERT OR REPLACE INTO ledger_entries SELECT * FROM ledger_entries")


def test_control_without_its_triggers_a_row_is_deleted(full: Flask) -> None:
    with full.app_context():
        with unit_of_work() as session:
            on = " ON ledger_entries" if db.engine.dialect.name == "postgresql" else ""
            for name in frozen.installed(session.connection(), "ledger_entries"):
                session.execute(sa.text(f"DROP TRIGGER {name}{on}"))
        with unit_of_work() as session:
            session.execute(sa.delete(LedgerEntry))
        assert rows("ledger_entries") == 0


def test_what_may_move_moves_as_allowed_only(full: Flask) -> None:
    with full.app_context():
        refused("UPDATE certificates SET state = 'gone'")
        with unit_of_work() as session:
            session.execute(sa.text("UPDATE certificates SET state = 'revoked'"))
        refused("UPDATE certificates SET state = 'valid'")
        refused("UPDATE attempts SET state = 'submitted'")
