"""Addresses that prove themselves by a letter, limits for each door, people without a licence."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what signing up by letter needs."""
    op.create_table(
        "address_proofs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=True),
        sa.Column("grant_hash", sa.String(length=64), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_address_proofs_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_proofs")),
        sa.UniqueConstraint("grant_hash", name=op.f("uq_address_proofs_grant_hash")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_address_proofs_link_hash")),
        sa.UniqueConstraint("public_id", name=op.f("uq_address_proofs_public_id")),
    )
    op.create_index(op.f("ix_address_proofs_expires_at"), "address_proofs", ["expires_at"])
    op.create_index(op.f("ix_address_proofs_person_id"), "address_proofs", ["person_id"])
    op.add_column(
        "sign_in_tries",
        sa.Column("door", sa.String(24), server_default="sign_in", nullable=False),
    )
    op.add_column(
        "persons",
        sa.Column("without_licence", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def downgrade() -> None:
    """Undo it; tries at other doors count as tries to sign in until they leave their window."""
    with op.batch_alter_table("persons") as batch:
        batch.drop_column("without_licence")
    with op.batch_alter_table("sign_in_tries") as batch:
        batch.drop_column("door")
    op.drop_table("address_proofs")
