"""Whom a school lists for its classes, how it remembers columns, and codes to join with."""

import sqlalchemy as sa
from alembic import op

from migrations.refusing import refuse_rows

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

BESIDE = "0024"
"""The releases before do not read the tables."""

ABOVE = {
    "people on the lists of schools": "roster_entries",
    "codes to join classes": "join_codes",
    "remembered columns of lists": "roster_layouts",
}


def upgrade() -> None:
    """Add the tables."""
    _create_entries()
    op.create_table(
        "roster_places",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["roster_entries.id"], name=op.f("fk_roster_places_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("fk_roster_places_cohort_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", "cohort_id", name=op.f("pk_roster_places")),
    )
    op.create_index(op.f("ix_roster_places_cohort_id"), "roster_places", ["cohort_id"])
    op.create_table(
        "roster_layouts",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("titles_digest", sa.String(length=64), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_roster_layouts_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "titles_digest", name=op.f("pk_roster_layouts")),
    )
    _create_codes()


def _create_entries() -> None:
    op.create_table(
        "roster_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=True),
        sa.Column("added_by", sa.String(length=40), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("times_invited", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "removed_at IS NULL OR (name = '' AND email = '')",
            name=op.f("ck_roster_entries_erased"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_roster_entries_school_id")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name=op.f("fk_roster_entries_membership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_entries")),
        sa.UniqueConstraint("public_id", name=op.f("uq_roster_entries_public_id")),
    )
    op.create_index(op.f("ix_roster_entries_school_id"), "roster_entries", ["school_id"])
    present = sa.text("removed_at IS NULL")
    numbered = sa.text("removed_at IS NULL AND number <> ''")
    for name, columns, where in (
        ("uq_roster_entries_email", ["school_id", "email"], present),
        ("uq_roster_entries_number", ["school_id", "number"], numbered),
        ("uq_roster_entries_membership", ["membership_id"], present),
    ):
        op.create_index(
            name,
            "roster_entries",
            columns,
            unique=True,
            sqlite_where=where,
            postgresql_where=where,
        )


def _create_codes() -> None:
    op.create_table(
        "join_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("used_count", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_by", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("used_count <= seats", name=op.f("ck_join_codes_seats_kept")),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("fk_join_codes_cohort_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_codes")),
        sa.UniqueConstraint("code", name=op.f("uq_join_codes_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_join_codes_public_id")),
    )
    op.create_index(op.f("ix_join_codes_cohort_id"), "join_codes", ["cohort_id"])


def downgrade() -> None:
    """Drop the tables, unless they have rows."""
    refuse_rows(ABOVE)
    op.drop_table("roster_places")
    op.drop_table("roster_entries")
    op.drop_table("roster_layouts")
    op.drop_table("join_codes")
