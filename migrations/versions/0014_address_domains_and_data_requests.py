"""Addresses with their domains in ASCII; requests for a copy of personal data or its deletion."""

import idna
import sqlalchemy as sa
from alembic import op

from migrations.refusing import refuse_rows

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BESIDE = "0014"
"""A release of 0013 would look up addresses in a spelling that is no longer stored."""

ABOVE = {"requests for a copy of one's data or the deletion of an account": "data_requests"}

_LONGEST = 254


def upgrade() -> None:
    """Bring addresses into their one spelling, and make the table for requests.

    Of two accounts that turn out to have one address, the one that has it in ASCII already, or else
    the older one, gets it. The other keeps its spelling, with which nobody can sign in; the list
    of people says so.
    """
    _encode_domains("persons", unique=True)
    _encode_domains("address_proofs")
    _encode_domains("remarks")
    op.create_table(
        "data_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "(done_at IS NULL) = (done_by IS NULL)", name=op.f("ck_data_requests_done_known")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_data_requests_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_requests")),
        sa.UniqueConstraint("public_id", name=op.f("uq_data_requests_public_id")),
    )
    op.create_index(op.f("ix_data_requests_asked_at"), "data_requests", ["asked_at"])
    op.create_index(op.f("ix_data_requests_person_id"), "data_requests", ["person_id"])
    is_open = sa.text("done_at IS NULL")
    op.create_index(
        "uq_data_requests_open",
        "data_requests",
        ["person_id", "kind"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def downgrade() -> None:
    """Drop the table. The addresses stay in ASCII, which the release below can use too."""
    refuse_rows(ABOVE)
    op.drop_table("data_requests")


def _encode_domains(table: str, *, unique: bool = False) -> None:
    """Write the domains of a table's addresses in ASCII."""
    rows = sa.table(table, sa.column("id", sa.Integer), sa.column("email", sa.String))
    connection = op.get_bind()
    stored = connection.execute(sa.select(rows.c.id, rows.c.email).order_by(rows.c.id)).all()
    taken = {row.email for row in stored} if unique else set[str]()
    for row in stored:
        encoded = encode_domain(row.email)
        if encoded == row.email or encoded in taken or len(encoded) > _LONGEST:
            continue
        if unique:
            taken.add(encoded)
        connection.execute(sa.update(rows).where(rows.c.id == row.id).values(email=encoded))


def encode_domain(address: str) -> str:
    """Return an address with its domain in ASCII; unchanged if that is impossible."""
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{idna.encode(domain, uts46=True, std3_rules=True).decode()}"
    except UnicodeError:
        return address
