"""Schools and memberships; roles assigned everywhere, in one school or for named drafts."""

import sqlalchemy as sa
from alembic import op

from migrations.refusing import refuse_rows

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NO_SCHOOL = "sch_none"
"""Names no school. Who teaches in a school had the role before there were any, and must not find
themselves in every school: the role holds in none until it is given anew."""
ABOVE = {
    "roles in a school or for drafts": (
        f"role_assignments WHERE scope_type <> 'everywhere' AND scope_id <> '{NO_SCHOOL}'"
    ),
    "roles for a time": "role_assignments WHERE until_at IS NOT NULL OR from_at > granted_at",
    "memberships": "memberships",
    "schools": "schools",
}

_IN_A_SCHOOL = "role IN ('instructor', 'school_admin')"


def upgrade() -> None:
    """Make schools, and turn each role of a person into an assignment with a scope."""
    _make_schools()
    _make_assignments()
    op.execute(
        "INSERT INTO role_assignments (person_id, role, scope_type, scope_id, from_at,"  # noqa: S608 - ours
        " granted_at, granted_by) SELECT person_id, role,"
        f" CASE WHEN {_IN_A_SCHOOL} THEN 'school' ELSE 'everywhere' END,"
        f" CASE WHEN {_IN_A_SCHOOL} THEN '{NO_SCHOOL}' ELSE '' END,"
        " granted_at, granted_at, granted_by FROM person_roles ORDER BY id"
    )
    op.drop_table("person_roles")


def _make_schools() -> None:
    op.create_table(
        "schools",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schools")),
        sa.UniqueConstraint("public_id", name=op.f("uq_schools_public_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_schools_slug")),
    )
    op.create_table(
        "memberships",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "until_at IS NULL OR until_at >= since_at", name=op.f("ck_memberships_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_memberships_school_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint("public_id", name=op.f("uq_memberships_public_id")),
    )
    op.create_index(op.f("ix_memberships_school_id"), "memberships", ["school_id"], unique=False)
    op.create_index(op.f("ix_memberships_subject"), "memberships", ["subject"], unique=False)
    op.create_index(
        "uq_memberships_present",
        "memberships",
        ["school_id", "subject"],
        unique=True,
        sqlite_where=sa.text("until_at IS NULL"),
        postgresql_where=sa.text("until_at IS NULL"),
    )


def _make_assignments() -> None:
    op.create_table(
        "role_assignments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(24), nullable=False),
        sa.Column("scope_type", sa.String(24), nullable=False),
        sa.Column("scope_id", sa.String(length=40), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(scope_type = 'everywhere') = (scope_id = '')",
            name=op.f("ck_role_assignments_scope_named"),
        ),
        sa.CheckConstraint(
            "until_at IS NULL OR until_at > from_at", name=op.f("ck_role_assignments_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_role_assignments_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_assignments")),
        sa.UniqueConstraint(
            "person_id",
            "role",
            "scope_type",
            "scope_id",
            name=op.f("uq_role_assignments_person_id_role_scope_type_scope_id"),
        ),
    )
    op.create_index(
        op.f("ix_role_assignments_person_id"), "role_assignments", ["person_id"], unique=False
    )


def downgrade() -> None:
    """Go back to roles that hold everywhere; refuses where others, or schools, are there."""
    refuse_rows(ABOVE)
    op.create_table(
        "person_roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(24), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_person_roles_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_roles")),
        sa.UniqueConstraint(
            "person_id", "role", "school_id", name=op.f("uq_person_roles_person_id_role_school_id")
        ),
    )
    op.create_index(op.f("ix_person_roles_person_id"), "person_roles", ["person_id"], unique=False)
    op.create_index(
        "uq_person_roles_everywhere",
        "person_roles",
        ["person_id", "role"],
        unique=True,
        sqlite_where=sa.text("school_id IS NULL"),
        postgresql_where=sa.text("school_id IS NULL"),
    )
    op.execute(
        "INSERT INTO person_roles (person_id, role, granted_at, granted_by)"
        " SELECT person_id, role, granted_at, granted_by FROM role_assignments AS held"
        # A role in no school may have been given everywhere since; below, the two are one.
        " WHERE scope_type = 'everywhere' OR NOT EXISTS (SELECT 1 FROM role_assignments AS wide"
        " WHERE wide.person_id = held.person_id AND wide.role = held.role"
        " AND wide.scope_type = 'everywhere') ORDER BY id"
    )
    for table in ("role_assignments", "memberships", "schools"):
        op.drop_table(table)
