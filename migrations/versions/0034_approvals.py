"""Approvals by authorities, of the provider and of courses."""

import sqlalchemy as sa
from alembic import op

from migrations.frozen import protect
from migrations.refusing import refuse_rows

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

BESIDE = "0023"
"""The releases before do not read the table."""

ABOVE = {"approvals by boards and associations": "approvals"}


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "approvals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("authority", sa.String(length=80), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("hundredths", sa.Integer(), nullable=True),
        sa.Column("category", sa.String(length=120), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("letter", sa.String(length=64), nullable=False),
        sa.Column("pilot", sa.JSON(), nullable=False),
        sa.Column("entered_by", sa.String(length=40), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.String(length=40), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "last_day IS NULL OR last_day >= first_day", name=op.f("ck_approvals_in_order")
        ),
        sa.CheckConstraint(
            "(course_id IS NULL) = (hundredths IS NULL)", name=op.f("ck_approvals_amount_of_course")
        ),
        sa.CheckConstraint(
            "hundredths IS NULL OR hundredths > 0", name=op.f("ck_approvals_positive_amount")
        ),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_approvals_course_id")),
        sa.ForeignKeyConstraint(["letter"], ["media.sha256"], name=op.f("fk_approvals_letter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
        sa.UniqueConstraint("public_id", name=op.f("uq_approvals_public_id")),
    )
    op.create_index(op.f("ix_approvals_authority"), "approvals", ["authority"])
    op.create_index(op.f("ix_approvals_course_id"), "approvals", ["course_id"])
    protect("approvals", movable=("withdrawn_by", "withdrawn_at"))


def downgrade() -> None:
    """Drop the table, unless it has rows."""
    refuse_rows(ABOVE)
    op.drop_table("approvals")
