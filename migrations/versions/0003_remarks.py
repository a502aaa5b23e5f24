"""What people tell the provider is wrong with a page, and what was done about it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for remarks and their moves; none of it is frozen."""
    op.create_table(
        "remarks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("page", sa.String(length=300), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=True),
        sa.Column("course_revision_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(24), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_revision_id"], ["revisions.id"], name=op.f("fk_remarks_course_revision_id")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name=op.f("fk_remarks_revision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remarks")),
        sa.UniqueConstraint("public_id", name=op.f("uq_remarks_public_id")),
    )
    op.create_index("ix_remarks_at", "remarks", ["at"], unique=False)
    op.create_index("ix_remarks_source_at", "remarks", ["source", "at"], unique=False)
    op.create_index(op.f("ix_remarks_subject"), "remarks", ["subject"], unique=False)
    op.create_table(
        "remark_moves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("remark_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["remark_id"], ["remarks.id"], name=op.f("fk_remark_moves_remark_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark_moves")),
    )
    op.create_index(op.f("ix_remark_moves_remark_id"), "remark_moves", ["remark_id"], unique=False)


def downgrade() -> None:
    """Drop both, with what people told."""
    op.drop_table("remark_moves")
    op.drop_table("remarks")
