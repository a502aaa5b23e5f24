"""The certificates whose files wait for fonts."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

BESIDE = "0023"
"""The releases before do not read the table; they make files with gaps in place of the letters."""


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "waiting_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("letters", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_waiting_files_certificate_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_files")),
        sa.UniqueConstraint("certificate_id", name=op.f("uq_waiting_files_certificate_id")),
    )


def downgrade() -> None:
    """Drop the table: what waits is found again when somebody asks for the file."""
    op.drop_table("waiting_files")
