"""Archives for audits, made by the worker and kept for a week."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

BESIDE = "0042"
"""No release before that one may run beside a later one; this changes nothing that they read."""


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "audit_archives",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("asked_by", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("completion_count", sa.Integer(), nullable=False),
        sa.Column("certificate_count", sa.Integer(), nullable=False),
        sa.Column("part_count", sa.Integer(), nullable=False),
        sa.Column("made_count", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_audit_archives_in_order")),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_audit_archives_course_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_archives")),
        sa.UniqueConstraint("public_id", name=op.f("uq_audit_archives_public_id")),
    )
    op.create_index(op.f("ix_audit_archives_asked_at"), "audit_archives", ["asked_at"])
    op.create_table(
        "audit_archive_parts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("archive_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["archive_id"], ["audit_archives.id"], name=op.f("fk_audit_archive_parts_archive_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_archive_parts")),
        sa.UniqueConstraint(
            "archive_id", "number", name=op.f("uq_audit_archive_parts_archive_id_number")
        ),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("audit_archive_parts")
    op.drop_index(op.f("ix_audit_archives_asked_at"), table_name="audit_archives")
    op.drop_table("audit_archives")
