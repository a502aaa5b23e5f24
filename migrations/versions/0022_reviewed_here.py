"""Which ledger entries record a review of this site, and who has opened which key."""

import sqlalchemy as sa
from alembic import op

from migrations.frozen import protect, release
from migrations.refusing import refuse_rows

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BESIDE = "0017"
"""The releases before leave the column empty, and do not use the table."""

ABOVE = {
    "entries of the ledger that record a review": "ledger_entries WHERE review IS NOT NULL",
    "texts that are reviewed as they are published": "drafts WHERE state = 'standing'",
    "opened keys": "seen_keys",
}


def upgrade() -> None:
    """Add the column and the table."""
    release("ledger_entries")
    op.add_column("ledger_entries", sa.Column("review", sa.String(length=40), nullable=True))
    protect("ledger_entries")
    op.create_table(
        "seen_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_seen_keys_course_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seen_keys")),
        sa.UniqueConstraint(
            "subject", "course_id", "path", name=op.f("uq_seen_keys_subject_course_id_path")
        ),
    )
    op.create_index(op.f("ix_seen_keys_course_id"), "seen_keys", ["course_id", "path"])


def downgrade() -> None:
    """Take both away, unless they are used."""
    refuse_rows(ABOVE)
    op.drop_table("seen_keys")
    release("ledger_entries")
    op.drop_column("ledger_entries", "review")
    protect("ledger_entries")
