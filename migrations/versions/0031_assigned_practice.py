"""Assignments can ask for practice: of weak spots, and how sure people are."""

import sqlalchemy as sa
from alembic import op

from migrations.refusing import refuse_rows

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

BESIDE = "0023"
"""What the releases before assign asks for neither."""

ABOVE = {
    "assignments that ask for practice": "assignments WHERE asks_confidence OR weak_spot_cases > 0"
}

_COLUMNS = ("asks_confidence", "weak_spot_cases")


def upgrade() -> None:
    """Add the columns; what is assigned already asks for neither."""
    for column in (
        sa.Column("asks_confidence", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("weak_spot_cases", sa.Integer(), server_default=sa.text("0"), nullable=False),
    ):
        op.add_column("assignments", column)


def downgrade() -> None:
    """Drop them, unless an assignment asks for something."""
    refuse_rows(ABOVE)
    with op.batch_alter_table("assignments") as batch:
        for name in _COLUMNS:
            batch.drop_column(name)
