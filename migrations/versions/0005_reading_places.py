"""Where each reader left off."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add one place for each enrolment."""
    op.create_table(
        "reading_places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=80), nullable=False),
        sa.Column("anchor", sa.String(length=160), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_reading_places_enrolment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_places")),
        sa.UniqueConstraint("enrolment_id", name=op.f("uq_reading_places_enrolment_id")),
    )


def downgrade() -> None:
    """Forget the places: readers go on at the beginning of a section."""
    op.drop_table("reading_places")
