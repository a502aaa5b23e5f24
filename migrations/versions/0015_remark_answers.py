"""Answers to remarks, which their senders read."""

import sqlalchemy as sa
from alembic import op

from migrations.refusing import refuse_rows

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BESIDE = "0014"
"""The release before writes notes without an answer, and the column is empty for them."""

ABOVE = {"answers to remarks": "remark_moves WHERE answer <> ''"}


def upgrade() -> None:
    """Add what the sender of a remark was told."""
    answer = sa.Column("answer", sa.String(length=2000), server_default="", nullable=False)
    op.add_column("remark_moves", answer)


def downgrade() -> None:
    """Take it away, unless there are answers."""
    refuse_rows(ABOVE)
    with op.batch_alter_table("remark_moves") as batch:
        batch.drop_column("answer")
