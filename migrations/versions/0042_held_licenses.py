"""The licenses for which people need credit."""

import sqlalchemy as sa
from alembic import op

from migrations.refusing import refuse_rows

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

BESIDE = "0023"
"""The releases before do not read the table."""

ABOVE = {"licenses for which people need credit": "held_licenses"}


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "held_licenses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("authority", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("cycle_begins", sa.Date(), nullable=True),
        sa.Column("cycle_ends", sa.Date(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "cycle_begins IS NULL OR cycle_ends IS NULL OR cycle_ends >= cycle_begins",
            name=op.f("ck_held_licenses_in_order"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_licenses")),
        sa.UniqueConstraint("public_id", name=op.f("uq_held_licenses_public_id")),
        sa.UniqueConstraint(
            "subject",
            "authority",
            "number",
            name=op.f("uq_held_licenses_subject_authority_number"),
        ),
    )
    op.create_index(op.f("ix_held_licenses_subject"), "held_licenses", ["subject"])


def downgrade() -> None:
    """Drop the table, unless it has rows."""
    refuse_rows(ABOVE)
    op.drop_table("held_licenses")
