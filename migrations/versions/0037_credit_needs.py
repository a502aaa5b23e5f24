"""Whether somebody needs credit for a course that they take."""

import sqlalchemy as sa
from alembic import op

from migrations.refusing import refuse_rows

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

BESIDE = "0023"
"""The releases before do not read the table."""

ABOVE = {"answers about the need for credit": "credit_needs"}


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "credit_needs",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("is_wanted", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_credit_needs_enrolment_id")
        ),
        sa.PrimaryKeyConstraint("enrolment_id", name=op.f("pk_credit_needs")),
    )


def downgrade() -> None:
    """Drop the table, unless it has rows."""
    refuse_rows(ABOVE)
    op.drop_table("credit_needs")
