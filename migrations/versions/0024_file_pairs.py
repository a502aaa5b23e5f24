"""Which member a row in a file from another system is about, as somebody confirmed it."""

import sqlalchemy as sa
from alembic import op

from migrations.refusing import refuse_rows

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BESIDE = "0023"
"""The releases before do not read the table."""

ABOVE = {"remembered rows of grade files": "file_pairs"}


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "file_pairs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("row_digest", sa.String(length=64), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_by", sa.String(length=40), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name=op.f("fk_file_pairs_membership_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_file_pairs_school_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_pairs")),
        sa.UniqueConstraint(
            "school_id", "row_digest", name=op.f("uq_file_pairs_school_id_row_digest")
        ),
    )
    op.create_index(op.f("ix_file_pairs_membership_id"), "file_pairs", ["membership_id"])


def downgrade() -> None:
    """Drop the table, unless it has rows."""
    refuse_rows(ABOVE)
    op.drop_table("file_pairs")
