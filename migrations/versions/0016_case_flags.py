"""Cases that a learner flags during an exam, to look at again."""

import sqlalchemy as sa
from alembic import op

from migrations.refusing import refuse_rows

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BESIDE = "0016"
"""The oldest release that may run beside this schema; migrations 0014 to 0016 go together."""

ABOVE = {"flagged cases": "case_flags"}


def upgrade() -> None:
    """Add the table of flags."""
    op.create_table(
        "case_flags",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_case_flags_attempt_id")
        ),
        sa.PrimaryKeyConstraint("attempt_id", "position", name=op.f("pk_case_flags")),
    )


def downgrade() -> None:
    """Take the table away."""
    refuse_rows(ABOVE)
    op.drop_table("case_flags")
