"""Refusing to go down while rows exist that the schema below cannot hold."""

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op


class RowsInTheWayError(RuntimeError):
    """Going down would lose rows; the text names them with their number, and what to do."""


def refuse_rows(held: Mapping[str, str]) -> None:
    """Raise RowsInTheWayError where any of these are there: words for them, to a FROM clause.

    A migration keeps the mapping as its `ABOVE`, such as
    `{"schools": "schools", "closed schools": "schools WHERE closed_at IS NOT NULL"}`.
    """
    connection = op.get_bind()
    counts = {
        words: connection.scalar(sa.text(f"SELECT count(*) FROM {clause}"))  # noqa: S608 - ours
        for words, clause in held.items()
    }
    found = [f"{words} ({count})" for words, count in counts.items() if count]
    if found:
        raise RowsInTheWayError(
            f"The schema below cannot hold what is in this database: {', '.join(found)}. "
            "Put back a backup made before the upgrade, or stay with this release."
        )
