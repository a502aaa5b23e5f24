"""Agreements of learners that an employer may see more than what is completed."""

import sqlalchemy as sa
from alembic import op

from migrations.frozen import protect
from migrations.refusing import refuse_rows

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

BESIDE = "0023"
"""The releases before do not read the table; they show an employer what is completed, alone."""

ABOVE = {"agreements that an employer sees more": "agreements"}


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "agreements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR withdrawn_at >= given_at", name=op.f("ck_agreements_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name=op.f("fk_agreements_assignment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
        sa.UniqueConstraint("public_id", name=op.f("uq_agreements_public_id")),
    )
    op.create_index(op.f("ix_agreements_subject"), "agreements", ["subject"])
    op.create_index(
        "uq_agreements_present",
        "agreements",
        ["assignment_id", "subject"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    protect("agreements", movable=("withdrawn_at",))


def downgrade() -> None:
    """Drop the table, unless it has rows."""
    refuse_rows(ABOVE)
    op.drop_table("agreements")
