"""How long learners were active in the sections of their courses."""

import sqlalchemy as sa
from alembic import op

from migrations.refusing import refuse_rows

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

BESIDE = "0023"
"""The releases before do not read the table."""

ABOVE = {"minutes measured in sections": "active_minutes"}


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "active_minutes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("last_counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "minutes BETWEEN 1 AND 1440", name=op.f("ck_active_minutes_minutes_of_a_day")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_active_minutes_enrolment_id")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["documents.id"], name=op.f("fk_active_minutes_section_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_active_minutes")),
        sa.UniqueConstraint(
            "enrolment_id",
            "section_id",
            "day",
            name=op.f("uq_active_minutes_enrolment_id_section_id_day"),
        ),
    )


def downgrade() -> None:
    """Drop the table, unless it has rows."""
    refuse_rows(ABOVE)
    op.drop_table("active_minutes")
