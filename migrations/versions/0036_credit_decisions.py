"""What was decided about credit for each license of a pass."""

import sqlalchemy as sa
from alembic import op

from migrations.frozen import protect
from migrations.refusing import refuse_rows

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

BESIDE = "0023"
"""The releases before do not read the table; they issue certificates without credit."""

ABOVE = {
    "decisions about credit": "credit_decisions",
    "certificates with credit": "certificates WHERE authority <> 'none'",
}


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "credit_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=60), nullable=False),
        sa.Column("license", sa.String(length=40), nullable=False),
        sa.Column(
            "state",
            sa.Enum("issued", "refused", name="creditstate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("overridden", sa.JSON(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.String(length=40), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'issued') = (certificate_id IS NOT NULL)",
            name=op.f("ck_credit_decisions_issued_with_certificate"),
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_credit_decisions_enrolment_id")
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_credit_decisions_attempt_id")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_credit_decisions_certificate_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_decisions")),
        sa.UniqueConstraint("public_id", name=op.f("uq_credit_decisions_public_id")),
    )
    op.create_index(op.f("ix_credit_decisions_subject"), "credit_decisions", ["subject"])
    op.create_index(op.f("ix_credit_decisions_enrolment_id"), "credit_decisions", ["enrolment_id"])
    protect("credit_decisions")


def downgrade() -> None:
    """Drop the table, unless it has rows."""
    refuse_rows(ABOVE)
    op.drop_table("credit_decisions")
