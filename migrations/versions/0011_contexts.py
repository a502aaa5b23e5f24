"""Enrolments know for whom they were begun; a person may hold one in each context.

They get an index by person too: SQLite cannot use the partial one where the state is a bound value.
"""

import sqlalchemy as sa
from alembic import op

from migrations.refusing import refuse_rows

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ABOVE = {"enrolments for a school": "enrolments WHERE context <> 'self'"}

_ACTIVE = "uq_enrolments_active"
_PRESENT = sa.text("state != 'ended'")


def upgrade() -> None:
    """Let every enrolment there is be the learner's own."""
    op.drop_index(_ACTIVE, "enrolments")
    with op.batch_alter_table("enrolments") as batch:
        batch.add_column(
            sa.Column("context", sa.String(length=40), nullable=False, server_default="self")
        )
    with op.batch_alter_table("enrolments") as batch:
        batch.alter_column("context", existing_type=sa.String(length=40), server_default=None)
    _allow_one_in("subject", "course_id", "context")
    op.create_index(op.f("ix_enrolments_subject"), "enrolments", ["subject"])


def downgrade() -> None:
    """Keep one enrolment of a person in a course; refused while there are others."""
    refuse_rows(ABOVE)
    op.drop_index(op.f("ix_enrolments_subject"), "enrolments")
    op.drop_index(_ACTIVE, "enrolments")
    with op.batch_alter_table("enrolments") as batch:
        batch.drop_column("context")
    _allow_one_in("subject", "course_id")


def _allow_one_in(*columns: str) -> None:
    op.create_index(
        _ACTIVE,
        "enrolments",
        columns,
        unique=True,
        sqlite_where=_PRESENT,
        postgresql_where=_PRESENT,
    )
