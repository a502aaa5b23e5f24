"""Reporting to authorities: numbers, files, the ledger of their rows, answers and agreements."""

import sqlalchemy as sa
from alembic import op

from migrations.frozen import protect
from migrations.refusing import refuse_rows

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

BESIDE = "0023"
"""The releases before do not read these tables, and report nothing."""

ABOVE = {
    "files for CE Broker": "report_batches",
    "agreements to report": "report_agreements",
    "numbers of the provider at CE Broker": "report_numbers",
    "numbers of courses at CE Broker": "report_course_numbers",
}

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables."""
    _create_numbers()
    _create_batches()
    _create_rows()
    op.create_table(
        "report_agreements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("authority", sa.String(length=60), nullable=False),
        sa.Column("is_given", sa.Boolean(), nullable=False),
        sa.Column("said_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_agreements")),
    )
    op.create_index(
        "ix_report_agreements_subject_authority", "report_agreements", ["subject", "authority"]
    )
    protect("report_agreements")


def _create_numbers() -> None:
    op.create_table(
        "report_numbers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=60), nullable=False),
        sa.Column("provider_number", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("profession", sa.String(length=10), nullable=False),
        sa.Column("changed_by", sa.String(length=40), nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_numbers")),
        sa.UniqueConstraint("authority", name=op.f("uq_report_numbers_authority")),
    )
    op.create_table(
        "report_course_numbers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=60), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("changed_by", sa.String(length=40), nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_report_course_numbers_course_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_course_numbers")),
        sa.UniqueConstraint(
            "authority", "course_id", name=op.f("uq_report_course_numbers_authority_course_id")
        ),
    )


def _create_batches() -> None:
    op.create_table(
        "report_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("authority", sa.String(length=60), nullable=False),
        sa.Column("state", _enum("batchstate", "made", "sent", "abandoned"), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("provider_number", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=2), nullable=False),
        sa.Column("profession", sa.String(length=10), nullable=False),
        sa.Column("made_by", sa.String(length=40), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("closed_by", sa.String(length=40), nullable=True),
        sa.Column("closed_at", _INSTANT, nullable=True),
        sa.CheckConstraint(
            "(state = 'made') = (closed_at IS NULL)",
            name=op.f("ck_report_batches_closed_once_made"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_batches")),
        sa.UniqueConstraint("public_id", name=op.f("uq_report_batches_public_id")),
    )
    op.create_index(op.f("ix_report_batches_authority"), "report_batches", ["authority"])
    protect(
        "report_batches",
        movable=("state", "closed_by", "closed_at"),
        moves=(("made", "sent"), ("made", "abandoned"), ("sent", "abandoned")),
    )
    _create_table_of_batch(
        "report_files",
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        unique=("batch_id",),
    )
    protect("report_files")
    _create_table_of_batch(
        "report_receipts",
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("received_by", sa.String(length=40), nullable=False),
        sa.Column("received_at", _INSTANT, nullable=False),
        unique=("batch_id", "content_hash"),
    )
    protect("report_receipts")


def _create_rows() -> None:
    corrections = _enum("correctionkind", "number", "withdrawn")
    states = _enum("rowstate", "claimed", "accepted", "refused", "released", "taken-back")
    _create_table_of_batch(
        "report_rows",
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=60), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("license_number", sa.String(length=60), nullable=False),
        sa.Column("course_number", sa.String(length=20), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("reference", sa.String(length=300), nullable=False),
        sa.Column("message", sa.String(length=300), nullable=False),
        sa.Column("answered_at", _INSTANT, nullable=True),
        sa.Column("correction", corrections, nullable=True),
        sa.Column("settled_by", sa.String(length=40), nullable=True),
        sa.Column("settled_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_report_rows_enrolment_id")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_report_rows_certificate_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_report_rows_public_id")),
        unique=("batch_id", "place"),
    )
    live = sa.text("state IN ('claimed', 'accepted')")
    op.create_index(
        "uq_report_rows_live",
        "report_rows",
        ["enrolment_id", "authority"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    for column in ("enrolment_id", "certificate_id", "subject"):
        op.create_index(op.f(f"ix_report_rows_{column}"), "report_rows", [column])
    protect(
        "report_rows",
        movable=(
            "state",
            "reference",
            "message",
            "answered_at",
            "correction",
            "settled_by",
            "settled_at",
        ),
        moves=(
            ("claimed", "accepted"),
            ("claimed", "refused"),
            ("claimed", "released"),
            ("claimed", "taken-back"),
            ("accepted", "taken-back"),
        ),
    )


def _create_table_of_batch(
    name: str, *columns: sa.Column[object] | sa.Constraint, unique: tuple[str, ...]
) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["batch_id"], ["report_batches.id"], name=op.f(f"fk_{name}_batch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(*unique, name=op.f(f"uq_{name}_{'_'.join(unique)}")),
    )


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=24)


def downgrade() -> None:
    """Drop the tables, unless they have rows."""
    refuse_rows(ABOVE)
    for table in (
        "report_agreements",
        "report_rows",
        "report_receipts",
        "report_files",
        "report_batches",
        "report_course_numbers",
        "report_numbers",
    ):
        op.drop_table(table)
