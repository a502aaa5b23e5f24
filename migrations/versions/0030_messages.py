"""Announcements to classes, and the emails from schools that people have stopped."""

import sqlalchemy as sa
from alembic import op

from migrations.refusing import refuse_rows

revision = "0030"
down_revision = "0025"
branch_labels = None
depends_on = None

BESIDE = "0024"
"""The releases before do not read the tables."""

ABOVE = {
    "announcements to classes": "announcements",
    "people who stopped emails from schools": "message_stops",
}


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "announcements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("recipient_count", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("fk_announcements_cohort_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
        sa.UniqueConstraint("public_id", name=op.f("uq_announcements_public_id")),
    )
    op.create_index(op.f("ix_announcements_cohort_id"), "announcements", ["cohort_id"])
    op.create_table(
        "message_stops",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("topic", sa.String(length=24), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_stops")),
        sa.UniqueConstraint("subject", "topic", name=op.f("uq_message_stops_subject_topic")),
    )


def downgrade() -> None:
    """Drop the tables, unless they have rows."""
    refuse_rows(ABOVE)
    op.drop_table("message_stops")
    op.drop_table("announcements")
