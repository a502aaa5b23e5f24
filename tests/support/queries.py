"""Counting a block's database queries: a page must not need more when there is more data."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from cpd.db import db

ASKING = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


@contextmanager
def listening(app: Flask, note: Callable[..., None]) -> Iterator[None]:
    """Call `note` before each statement that the block sends to the app's database."""
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", note)


@contextmanager
def asked(app: Flask) -> Iterator[list[str]]:
    """Collect the block's statements to the app's database, except BEGIN and the like."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(ASKING):
            statements.append(statement)

    with listening(app, note):
        yield statements


@contextmanager
def plans(app: Flask) -> Iterator[list[str]]:
    """Collect the steps of SQLite's query plans in the block."""
    steps: list[str] = []

    def note(
        _connection: Any, cursor: Any, statement: str, values: Any, _context: Any, is_many: bool
    ) -> None:
        if statement.lstrip().upper().startswith(ASKING):
            values = values[0] if is_many else values
            plan = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)
            steps.extend(row[3] for row in plan)

    with listening(app, note):
        yield steps
