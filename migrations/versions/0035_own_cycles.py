"""When licenses expire, and what therapists did outside this site, with evidence."""

import sqlalchemy as sa
from alembic import op

from migrations.refusing import refuse_rows

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

BESIDE = "0023"
"""The releases before do not read the tables; rows go with the licenses that they rest on."""

ABOVE = {
    "cycles of licenses": "licence_cycles",
    "activities outside this site": "outside_activities",
}


_MANNERS = ("hands-on", "in-person", "live-online", "self-paced-online", "self-paced")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "licence_cycles",
        sa.Column("licence_id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(60), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "issued_on IS NULL OR expires_on IS NULL OR issued_on <= expires_on",
            name=op.f("ck_licence_cycles_issued_before_it_expires"),
        ),
        sa.ForeignKeyConstraint(
            ["licence_id"],
            ["licences.id"],
            name=op.f("fk_licence_cycles_licence_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("licence_id", name=op.f("pk_licence_cycles")),
    )
    _create_activities()
    _create_claims()
    _create_evidence()


def _create_activities() -> None:
    op.create_table(
        "outside_activities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("organizer", sa.String(200), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column(
            "manner",
            sa.Enum(*_MANNERS, name="manner", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "minutes BETWEEN 1 AND 60000", name=op.f("ck_outside_activities_some_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_outside_activities_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_activities")),
        sa.UniqueConstraint("public_id", name=op.f("uq_outside_activities_public_id")),
    )
    op.create_index(op.f("ix_outside_activities_person_id"), "outside_activities", ["person_id"])


def _create_claims() -> None:
    op.create_table(
        "activity_claims",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("licence_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(200), nullable=False),
        sa.Column("hundredths", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "hundredths BETWEEN 1 AND 1000000", name=op.f("ck_activity_claims_some_units")
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["outside_activities.id"],
            name=op.f("fk_activity_claims_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["licence_id"],
            ["licences.id"],
            name=op.f("fk_activity_claims_licence_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_claims")),
        sa.UniqueConstraint(
            "activity_id", "licence_id", name=op.f("uq_activity_claims_activity_id_licence_id")
        ),
    )
    op.create_index(op.f("ix_activity_claims_licence_id"), "activity_claims", ["licence_id"])


def _create_evidence() -> None:
    op.create_table(
        "activity_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(40), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(80), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["outside_activities.id"],
            name=op.f("fk_activity_evidence_activity_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_evidence")),
        sa.UniqueConstraint("public_id", name=op.f("uq_activity_evidence_public_id")),
    )
    op.create_index(op.f("ix_activity_evidence_activity_id"), "activity_evidence", ["activity_id"])


def downgrade() -> None:
    """Drop the tables, unless they have rows."""
    refuse_rows(ABOVE)
    op.drop_table("activity_evidence")
    op.drop_table("activity_claims")
    op.drop_table("outside_activities")
    op.drop_table("licence_cycles")
