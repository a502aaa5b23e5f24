"""Lessons: practice cases that a class decides together, and the answers from its phones."""

import sqlalchemy as sa
from alembic import op

from migrations.refusing import refuse_rows

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

BESIDE = "0023"
"""The releases before do not read the tables."""

ABOVE = {"lessons": "lessons"}

_DECISIONS = ("proceed", "modify", "postpone", "same_day", "emergency")
_PHASES = ("asking", "answer")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "lessons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("case_slugs", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_lessons_cohort_id")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_lessons_course_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lessons")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lessons_public_id")),
    )
    op.create_index(op.f("ix_lessons_cohort_id"), "lessons", ["cohort_id"])
    op.create_index(op.f("ix_lessons_course_id"), "lessons", ["course_id"])
    _create_runs()
    _create_answers()


def _create_runs() -> None:
    op.create_table(
        "lesson_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("course_revision_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("case_slugs", sa.JSON(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column(
            "phase",
            sa.Enum(*_PHASES, name="phase", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("place > 0", name=op.f("ck_lesson_runs_place")),
        sa.ForeignKeyConstraint(
            ["course_revision_id"],
            ["revisions.id"],
            name=op.f("fk_lesson_runs_course_revision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name=op.f("fk_lesson_runs_lesson_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_runs")),
        sa.UniqueConstraint("code", name=op.f("uq_lesson_runs_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lesson_runs_public_id")),
    )
    op.create_index(op.f("ix_lesson_runs_lesson_id"), "lesson_runs", ["lesson_id"])


def _create_answers() -> None:
    op.create_table(
        "lesson_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("device_digest", sa.String(length=64), nullable=False),
        sa.Column(
            "choice",
            sa.Enum(*_DECISIONS, name="decision", native_enum=False, length=24),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["lesson_runs.id"], name=op.f("fk_lesson_answers_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_answers")),
        sa.UniqueConstraint(
            "run_id",
            "place",
            "device_digest",
            name=op.f("uq_lesson_answers_run_id_place_device_digest"),
        ),
    )


def downgrade() -> None:
    """Drop the tables, unless a lesson was prepared."""
    refuse_rows(ABOVE)
    for table in ("lesson_answers", "lesson_runs", "lessons"):
        op.drop_table(table)
