"""Pilot groups, and their reports."""

import sqlalchemy as sa
from alembic import op

from migrations.frozen import protect
from migrations.refusing import refuse_rows

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

BESIDE = "0042"
"""The releases before would give credit to members of pilot groups, and show them no course."""

ABOVE = {"pilot groups": "pilots"}


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "pilots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("course_revision_id", sa.Integer(), nullable=False),
        sa.Column("started_by", sa.String(length=40), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_revision_id"], ["revisions.id"], name=op.f("fk_pilots_course_revision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pilots")),
        sa.UniqueConstraint("public_id", name=op.f("uq_pilots_public_id")),
    )
    op.create_index(op.f("ix_pilots_course_revision_id"), "pilots", ["course_revision_id"])
    op.create_table(
        "pilot_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pilot_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("begun", sa.Integer(), nullable=False),
        sa.Column("reported_by", sa.String(length=40), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["pilot_id"], ["pilots.id"], name=op.f("fk_pilot_reports_pilot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pilot_reports")),
        sa.UniqueConstraint("pilot_id", name=op.f("uq_pilot_reports_pilot_id")),
    )
    protect("pilots")
    protect("pilot_reports")


def downgrade() -> None:
    """Drop the tables, unless they have rows."""
    refuse_rows(ABOVE)
    op.drop_table("pilot_reports")
    op.drop_table("pilots")
