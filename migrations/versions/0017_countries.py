"""The country in which somebody works, for the numbers to call that pages show."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BESIDE = "0016"
"""A release of 0016 leaves the new column empty, which stands for no choice."""


def upgrade() -> None:
    """Add the country, empty for everybody."""
    op.add_column(
        "persons",
        sa.Column("country", sa.String(length=2), server_default=sa.text("''"), nullable=False),
    )


def downgrade() -> None:
    """Forget the choices: whoever made one is asked again."""
    with op.batch_alter_table("persons") as batch:
        batch.drop_column("country")
