"""What is submitted to an authority: policies, résumés, and people who may read a course."""

import sqlalchemy as sa
from alembic import op

from migrations.refusing import refuse_rows

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

BESIDE = "0023"
"""The releases before do not read the tables."""

ABOVE = {
    "policies of the provider": "provider_policies",
    "résumés of authors": "resumes",
    "readers of courses": "course_readers",
}


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "provider_policies",
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.String(40), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_provider_policies")),
    )
    op.create_table(
        "resumes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("stored_by", sa.String(40), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resumes")),
        sa.UniqueConstraint("author", name=op.f("uq_resumes_author")),
    )
    op.create_table(
        "course_readers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("authority", sa.String(80), nullable=False),
        sa.Column("course_revision_id", sa.Integer(), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(40), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(40), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("until_at > opened_at", name=op.f("ck_course_readers_in_order")),
        sa.ForeignKeyConstraint(
            ["course_revision_id"],
            ["revisions.id"],
            name=op.f("fk_course_readers_course_revision_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_readers")),
        sa.UniqueConstraint("public_id", name=op.f("uq_course_readers_public_id")),
    )
    op.create_index(op.f("ix_course_readers_subject"), "course_readers", ["subject"])
    op.create_index(
        op.f("ix_course_readers_course_revision_id"), "course_readers", ["course_revision_id"]
    )


def downgrade() -> None:
    """Drop the tables, unless they have rows."""
    refuse_rows(ABOVE)
    op.drop_table("course_readers")
    op.drop_table("resumes")
    op.drop_table("provider_policies")
