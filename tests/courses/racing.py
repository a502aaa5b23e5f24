"""Writes at the same moment, and the index that keeps them one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import sqlalchemy as sa
from flask import Flask

from cpd.courses.models import Enrolment, SectionReading
from cpd.db import db, unit_of_work

AT_ONCE = 8


def at_once(app: Flask, write: Callable[[], str]) -> set[str]:
    """Let several threads write at the same moment, and return the different outcomes."""
    ready = Barrier(AT_ONCE)

    def run(_: int) -> str:
        with app.app_context():
            ready.wait()
            try:
                return write()
            finally:
                db.session.remove()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return set(threads.map(run, range(AT_ONCE)))


def drop_index(app: Flask, name: str) -> None:
    with app.app_context(), unit_of_work() as session:
        session.execute(sa.text(f"DROP INDEX {name}"))


def count(app: Flask, table: type[Enrolment] | type[SectionReading]) -> int:
    with app.app_context():
        return len(db.session.scalars(sa.select(table)).all())
