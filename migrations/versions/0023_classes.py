"""Classes of schools, what is assigned to them, and what single learners are granted."""

import sqlalchemy as sa
from alembic import op

from migrations.frozen import protect, release
from migrations.refusing import refuse_rows

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BESIDE = "0023"
"""The releases before know no assignments: they would open their exams at any time."""

ABOVE = {
    "schools with a limit of seats": "schools WHERE seats IS NOT NULL",
    "schools that somebody started on the site": "schools WHERE started_by IS NOT NULL",
    "classes": "cohorts",
    "accommodations": "accommodations",
    "reasons for them": "grant_reasons",
    "tries with a pass mark of their own": "attempts WHERE raised_pass_mark IS NOT NULL",
}

_GRANTS = ("accommodations", "extensions", "excuses")
_END_OF_GRANT = ("ended_by", "ended_at")
_MOVABLE = (
    "state",
    "closed_at",
    "deadline_at",
    "deadline_inputs",
    "last_sequence",
    "last_receipt",
)
_MOVES = (
    ("open", "submitted"),
    ("open", "expired"),
    ("submitted", "graded"),
    ("expired", "graded"),
    ("open", "void"),
    ("submitted", "void"),
    ("expired", "void"),
    ("graded", "void"),
    ("expired", "open"),
    ("graded", "open"),
    ("void", "open"),
)


def upgrade() -> None:
    """Add the tables, the seats of schools, and the pass mark that an assignment may raise."""
    op.add_column("schools", sa.Column("seats", sa.Integer(), nullable=True))
    op.add_column("schools", sa.Column("started_by", sa.String(length=40), nullable=True))
    release("attempts")
    op.add_column("attempts", sa.Column("raised_pass_mark", sa.String(length=24), nullable=True))
    protect("attempts", movable=_MOVABLE, moves=_MOVES)
    _create_classes()
    _create_assignments()
    _create_accommodations()
    _create_grants_on_assignments()
    for table in _GRANTS:
        protect(table, movable=_END_OF_GRANT)


def _create_classes() -> None:
    """Create the tables of classes, learners and instructors."""
    op.create_table(
        "cohorts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_cohorts_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohorts")),
        sa.UniqueConstraint("public_id", name=op.f("uq_cohorts_public_id")),
    )
    op.create_index(op.f("ix_cohorts_school_id"), "cohorts", ["school_id"])
    op.create_index(
        "uq_cohorts_current_name",
        "cohorts",
        ["school_id", "name"],
        unique=True,
        sqlite_where=sa.text("archived_at IS NULL"),
        postgresql_where=sa.text("archived_at IS NULL"),
    )
    op.create_table(
        "cohort_members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "until_at IS NULL OR until_at >= since_at", name=op.f("ck_cohort_members_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("fk_cohort_members_cohort_id")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name=op.f("fk_cohort_members_membership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_members")),
    )
    op.create_index(op.f("ix_cohort_members_cohort_id"), "cohort_members", ["cohort_id"])
    op.create_index(op.f("ix_cohort_members_membership_id"), "cohort_members", ["membership_id"])
    op.create_index(
        "uq_cohort_members_present",
        "cohort_members",
        ["cohort_id", "membership_id"],
        unique=True,
        sqlite_where=sa.text("until_at IS NULL"),
        postgresql_where=sa.text("until_at IS NULL"),
    )
    op.create_table(
        "cohort_instructors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "until_at IS NULL OR until_at >= since_at", name=op.f("ck_cohort_instructors_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("fk_cohort_instructors_cohort_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_instructors")),
    )
    op.create_index(op.f("ix_cohort_instructors_cohort_id"), "cohort_instructors", ["cohort_id"])
    op.create_index(op.f("ix_cohort_instructors_subject"), "cohort_instructors", ["subject"])
    op.create_index(
        "uq_cohort_instructors_present",
        "cohort_instructors",
        ["cohort_id", "subject"],
        unique=True,
        sqlite_where=sa.text("until_at IS NULL"),
        postgresql_where=sa.text("until_at IS NULL"),
    )


def _create_assignments() -> None:
    """Create the table of assignments."""
    op.create_table(
        "assignments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("opens_local", sa.String(length=19), nullable=True),
        sa.Column("opens_fold", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_local", sa.String(length=19), nullable=False),
        sa.Column("due_fold", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_local", sa.String(length=19), nullable=True),
        sa.Column("closes_fold", sa.Integer(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("purpose", sa.String(24), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=True),
        sa.Column("pass_mark", sa.String(length=24), nullable=True),
        sa.Column("required_sections", sa.JSON(), nullable=True),
        sa.Column("score_policy", sa.String(24), nullable=False),
        sa.Column("practice_visibility", sa.String(24), nullable=False),
        sa.Column("disclosure_version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("canceled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(closes_at IS NULL) = (closes_local IS NULL)", name=op.f("ck_assignments_closes_known")
        ),
        sa.CheckConstraint(
            "(opens_at IS NULL) = (opens_local IS NULL)", name=op.f("ck_assignments_opens_known")
        ),
        sa.CheckConstraint(
            "closes_at IS NULL OR closes_at >= due_at", name=op.f("ck_assignments_closes_after_due")
        ),
        sa.CheckConstraint(
            "max_attempts IS NULL OR max_attempts > 0", name=op.f("ck_assignments_max_attempts")
        ),
        sa.CheckConstraint(
            "opens_at IS NULL OR due_at > opens_at", name=op.f("ck_assignments_due_after_opening")
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("fk_assignments_cohort_id")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_assignments_course_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
        sa.UniqueConstraint("public_id", name=op.f("uq_assignments_public_id")),
    )
    op.create_index(op.f("ix_assignments_cohort_id"), "assignments", ["cohort_id"])
    op.create_index(op.f("ix_assignments_course_id"), "assignments", ["course_id"])
    op.create_index(op.f("ix_assignments_due_at"), "assignments", ["due_at"])


def _create_accommodations() -> None:
    """Create the tables of accommodations, and of the reasons for all grants."""
    op.create_table(
        "accommodations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("time_factor", sa.String(length=24), nullable=False),
        sa.Column("has_timer", sa.Boolean(), nullable=False),
        sa.Column("extra_attempts", sa.Integer(), nullable=False),
        sa.Column("granted_by", sa.String(length=40), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(length=40), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_accommodations_end_known")
        ),
        sa.CheckConstraint("extra_attempts >= 0", name=op.f("ck_accommodations_extra_attempts")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_accommodations_school_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accommodations")),
        sa.UniqueConstraint("public_id", name=op.f("uq_accommodations_public_id")),
    )
    op.create_index(op.f("ix_accommodations_subject"), "accommodations", ["subject"])
    op.create_index(
        "uq_accommodations_present",
        "accommodations",
        ["school_id", "subject"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "grant_reasons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("granted", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_grant_reasons_school_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_reasons")),
        sa.UniqueConstraint("granted", name=op.f("uq_grant_reasons_granted")),
    )
    op.create_index(op.f("ix_grant_reasons_subject"), "grant_reasons", ["subject"])


def _create_grants_on_assignments() -> None:
    """Create the tables of later dates and excuses."""
    op.create_table(
        "extensions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("until_local", sa.String(length=19), nullable=False),
        sa.Column("until_fold", sa.Integer(), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.String(length=40), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(length=40), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_extensions_end_known")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name=op.f("fk_extensions_assignment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extensions")),
        sa.UniqueConstraint("public_id", name=op.f("uq_extensions_public_id")),
    )
    op.create_index(op.f("ix_extensions_subject"), "extensions", ["subject"])
    op.create_index(
        "uq_extensions_present",
        "extensions",
        ["assignment_id", "subject"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "excuses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("granted_by", sa.String(length=40), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(length=40), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_excuses_end_known")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name=op.f("fk_excuses_assignment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_excuses")),
        sa.UniqueConstraint("public_id", name=op.f("uq_excuses_public_id")),
    )
    op.create_index(op.f("ix_excuses_subject"), "excuses", ["subject"])
    op.create_index(
        "uq_excuses_present",
        "excuses",
        ["assignment_id", "subject"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    """Take everything away, unless schools use it."""
    refuse_rows(ABOVE)
    for table in _GRANTS:
        release(table)
    for table in ("excuses", "extensions", "grant_reasons", "accommodations", "assignments"):
        op.drop_table(table)
    for table in ("cohort_instructors", "cohort_members", "cohorts"):
        op.drop_table(table)
    release("attempts")
    op.drop_column("attempts", "raised_pass_mark")
    protect("attempts", movable=_MOVABLE, moves=_MOVES)
    op.drop_column("schools", "started_by")
    op.drop_column("schools", "seats")
