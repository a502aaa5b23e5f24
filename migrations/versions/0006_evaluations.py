"""What learners say of a course: numbers that are frozen, and words that can be erased."""

import sqlalchemy as sa
from alembic import op

from migrations.frozen import protect, release

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for evaluations, their ratings and their comments."""
    op.create_table(
        "evaluations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("course_revision_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("comment_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_revision_id"], ["revisions.id"], name=op.f("fk_evaluations_course_revision_id")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_evaluations_enrolment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluations")),
        sa.UniqueConstraint("enrolment_id", name=op.f("uq_evaluations_enrolment_id")),
    )
    op.create_table(
        "evaluation_ratings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=80), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluation_id"],
            ["evaluations.id"],
            name=op.f("fk_evaluation_ratings_evaluation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_ratings")),
        sa.UniqueConstraint(
            "evaluation_id",
            "question",
            name=op.f("uq_evaluation_ratings_evaluation_id_question"),
        ),
    )
    op.create_table(
        "evaluation_comments",
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluation_id"],
            ["evaluations.id"],
            name=op.f("fk_evaluation_comments_evaluation_id"),
        ),
        sa.PrimaryKeyConstraint("evaluation_id", name=op.f("pk_evaluation_comments")),
    )
    protect("evaluations")
    protect("evaluation_ratings")


def downgrade() -> None:
    """Drop all three, with what learners said."""
    op.drop_table("evaluation_comments")
    for table in ("evaluation_ratings", "evaluations"):
        release(table)
        op.drop_table(table)
