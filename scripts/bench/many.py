"""A million attempts, copied from a real one by SQL, each with one case and two answers."""

from collections.abc import Mapping
from typing import Any, cast

import sqlalchemy as sa
from flask import Flask

from cpd.courses.models import Enrolment
from cpd.db import Base, db, unit_of_work
from cpd.quizzes.attempts.models import AnswerEventRow, Attempt, AttemptItem
from cpd.quizzes.rules.attempts import AttemptState

FEW, MANY = 1_000, 1_000_000
BATCH = 50_000


def clone_attempts(app: Flask, begin: int, end: int) -> None:
    """Add attempts of invented people, numbered from `begin` up to `end`."""
    with app.app_context():
        graded = sa.select(Attempt).where(Attempt.state == AttemptState.GRADED).limit(1)
        model = db.session.scalars(graded).one()
        for first in range(begin, end, BATCH):
            with unit_of_work() as session:
                for statement in _build_copy_inserts(model, first, min(first + BATCH, end)):
                    session.execute(statement)
        db.session.execute(sa.text("ANALYZE"))
        db.session.commit()


def _build_copy_inserts(model: Attempt, begin: int, end: int) -> list[sa.Insert]:
    number = sa.select(sa.literal(begin).label("n")).cte("numbers", recursive=True)
    number = number.union_all(sa.select(number.c.n + 1).where(number.c.n < end - 1))
    n = number.c.n
    name = sa.cast(n, sa.String)
    own_id = -1 - n  # negative, so that the ids of other rows go on from 1 as usual
    own = {"id": own_id, "subject": sa.literal("sub_bench_") + name}
    attempt = {"attempt_id": own_id}
    events = model.last_sequence
    return [
        _build_copy_insert(Enrolment, number, Enrolment.id == model.enrolment_id,
              {**own, "public_id": sa.literal("enr_bench_") + name}),
        _build_copy_insert(Attempt, number, Attempt.id == model.id,
              {**own, "public_id": sa.literal("att_bench_") + name, "enrolment_id": own_id}),
        _build_copy_insert(AttemptItem, number,
              sa.and_(AttemptItem.attempt_id == model.id, AttemptItem.position == 1), attempt),
        _build_copy_insert(AnswerEventRow, number,
              sa.and_(AnswerEventRow.attempt_id == model.id, AnswerEventRow.sequence > events - 2),
              attempt),
    ]  # fmt: skip


def _build_copy_insert(
    model: type[Base], numbers: sa.CTE, which: sa.ColumnElement[bool], changed: Mapping[str, Any]
) -> sa.Insert:
    table = cast("sa.Table", model.__table__)
    columns = [column for column in table.c if column.name != "id" or "id" in changed]
    values = [changed.get(column.name, column) for column in columns]
    copied = sa.select(*values).select_from(table.join(numbers, sa.true())).where(which)
    return sa.insert(table).from_select([column.name for column in columns], copied)
