"""The keys that every host of the site holds, so that one with others is refused."""

import sqlalchemy as sa
from alembic import op

from migrations.frozen import protect, release

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; the first start registers what it finds."""
    op.create_table(
        "host_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host_keys")),
    )
    op.create_index(
        "uq_host_keys_signing",
        "host_keys",
        ["name"],
        unique=True,
        sqlite_where=sa.text("kind = 'signing'"),
        postgresql_where=sa.text("kind = 'signing'"),
    )
    protect("host_keys")


def downgrade() -> None:
    """Drop it; the next start of a release that has it registers anew."""
    release("host_keys")
    op.drop_table("host_keys")
