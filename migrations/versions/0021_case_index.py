"""The index of the case bank, and the draft that answers a remark."""

import sqlalchemy as sa
from alembic import op

from migrations.refusing import refuse_rows

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BESIDE = "0017"
"""The releases before do not fill the index; the next start of this one adds what they wrote."""

ABOVE = {"remarks with the draft that answers them": "remarks WHERE draft_id IS NOT NULL"}


def upgrade() -> None:
    """Add the index, which the next start fills, and what came of a remark."""
    op.create_table(
        "indexed_cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.Column("revision_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("kinds", sa.String(length=200), nullable=False),
        sa.Column("decisions", sa.String(length=200), nullable=False),
        sa.Column("dangers", sa.String(length=200), nullable=False),
        sa.Column("flags", sa.String(length=200), nullable=False),
        sa.Column("objectives", sa.Text(), nullable=False),
        sa.Column("hazards", sa.Text(), nullable=False),
        sa.Column("cites", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_indexed_cases_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_indexed_cases_draft_id")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name=op.f("fk_indexed_cases_revision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indexed_cases")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_indexed_cases_draft_id")),
        sa.UniqueConstraint("revision_id", name=op.f("uq_indexed_cases_revision_id")),
    )
    op.create_index("ix_indexed_cases_course_id", "indexed_cases", ["course_id", "slug"])
    op.create_index("ix_drafts_course_id", "drafts", ["course_id", "path"])
    with op.batch_alter_table("remarks") as batch:
        batch.add_column(sa.Column("draft_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_foreign_key(op.f("fk_remarks_draft_id"), "drafts", ["draft_id"], ["id"])
        batch.create_index(op.f("ix_remarks_draft_id"), ["draft_id"])


def downgrade() -> None:
    """Take both away, unless a remark led to a draft; the index follows from the texts."""
    refuse_rows(ABOVE)
    with op.batch_alter_table("remarks") as batch:
        batch.drop_index(op.f("ix_remarks_draft_id"))
        batch.drop_constraint(op.f("fk_remarks_draft_id"), type_="foreignkey")
        batch.drop_column("changed_at")
        batch.drop_column("draft_id")
    op.drop_index("ix_drafts_course_id", "drafts")
    op.drop_table("indexed_cases")
