"""Stories from practice that wait to become cases."""

import sqlalchemy as sa
from alembic import op

from migrations.refusing import refuse_rows

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

BESIDE = "0017"
"""The releases before do not use this table."""

ABOVE = {"ideas": "ideas"}


def upgrade() -> None:
    """Add the table of ideas."""
    op.create_table(
        "ideas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_ideas_draft_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ideas")),
        sa.UniqueConstraint("public_id", name=op.f("uq_ideas_public_id")),
    )
    op.create_index(op.f("ix_ideas_subject"), "ideas", ["subject"])


def downgrade() -> None:
    """Take the table away, unless there are ideas."""
    refuse_rows(ABOVE)
    op.drop_table("ideas")
