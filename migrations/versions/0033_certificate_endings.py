"""Why certificates were replaced or withdrawn, and by whom."""

import sqlalchemy as sa
from alembic import op

from migrations.frozen import protect
from migrations.refusing import refuse_rows

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

BESIDE = "0023"
"""The releases before do not read the table; they show a certificate's state without the reason."""

ABOVE = {"reasons why certificates ended": "certificate_endings"}


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "certificate_endings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_certificate_endings_certificate_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_endings")),
        sa.UniqueConstraint("certificate_id", name=op.f("uq_certificate_endings_certificate_id")),
    )
    protect("certificate_endings")


def downgrade() -> None:
    """Drop the table, unless it has rows."""
    refuse_rows(ABOVE)
    op.drop_table("certificate_endings")
