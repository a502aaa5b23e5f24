"""Grades that a school gives by hand."""

import sqlalchemy as sa
from alembic import op

from migrations.frozen import protect
from migrations.refusing import refuse_rows

revision = "0028"
down_revision = "0026"
branch_labels = None
depends_on = None

BESIDE = "0024"
"""The releases before do not read the table; their gradebook shows the results of exams."""

ABOVE = {"grades given by hand": "hand_grades"}


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "hand_grades",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("score", sa.String(length=24), nullable=False),
        sa.Column("given_by", sa.String(length=40), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(length=40), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_hand_grades_end_known")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name=op.f("fk_hand_grades_assignment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_grades")),
        sa.UniqueConstraint("public_id", name=op.f("uq_hand_grades_public_id")),
    )
    op.create_index(op.f("ix_hand_grades_subject"), "hand_grades", ["subject"])
    op.create_index(
        "uq_hand_grades_present",
        "hand_grades",
        ["assignment_id", "subject"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    protect("hand_grades", movable=("ended_by", "ended_at"))


def downgrade() -> None:
    """Drop the table, unless it has rows."""
    refuse_rows(ABOVE)
    op.drop_table("hand_grades")
