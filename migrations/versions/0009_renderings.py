"""HTML beside the revisions, to be made anew at any time; media as frozen rows."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.frozen import protect, release
from migrations.refusing import refuse_rows

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ABOVE = {
    "media": "media",
    "versions without HTML": "revisions WHERE NOT EXISTS (SELECT 1 FROM renderings"
    " WHERE renderings.content_hash = revisions.content_hash)",
}


def upgrade() -> None:
    """Make the tables; stored HTML is dropped, since each start makes what is missing."""
    op.create_table(
        "renderings",
        *_of_a_text(),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("content_hash", "version", name=op.f("pk_renderings")),
    )
    op.create_table(
        "key_renderings",
        *_of_a_text(),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("content_hash", "version", name=op.f("pk_key_renderings")),
    )
    op.create_table(
        "media",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
        sa.UniqueConstraint("sha256", name=op.f("uq_media_sha256")),
    )
    protect("media")
    release("revisions")
    with op.batch_alter_table("revisions") as batch:
        batch.drop_column("html")
    protect("revisions")


def downgrade() -> None:
    """Put the newest HTML of each text back; refuse where some has none."""
    refuse_rows(ABOVE)
    release("revisions")
    _add_html()
    _put_back()
    with op.batch_alter_table("revisions") as batch:
        batch.alter_column("html", existing_type=sa.Text(), server_default=None)
    protect("revisions")
    release("media")
    for table in ("media", "key_renderings", "renderings"):
        op.drop_table(table)


def _of_a_text() -> list[sa.Column[Any]]:
    return [
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _add_html() -> None:
    """Add the column where it was: on SQLite the triggers name the columns in their order."""
    column = sa.Column("html", sa.Text(), nullable=False, server_default="")
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("revisions", recreate="always") as batch:
            batch.add_column(column, insert_after="front")
    else:
        op.add_column("revisions", column)


def _put_back() -> None:
    """Fill the column, but of cases, whose HTML lay in their fronts alone."""
    op.execute(
        "UPDATE revisions SET html = (SELECT html FROM renderings"
        " WHERE renderings.content_hash = revisions.content_hash"
        " ORDER BY renderings.made_at DESC LIMIT 1)"
        " WHERE document_id NOT IN (SELECT id FROM documents WHERE type = 'case')"
    )
