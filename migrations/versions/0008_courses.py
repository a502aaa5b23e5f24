"""A table of courses, the ledger in two series, publications with their origin."""

import secrets
from collections.abc import Mapping
from datetime import date
from itertools import groupby
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.frozen import protect, release
from migrations.refusing import refuse_rows
from migrations.shipped import COURSE_TEXTS

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ABOVE = {
    "ledger entries of this site": "ledger_entries WHERE series = 'here'",
    "courses of schools": "courses WHERE owner <> 'provider'",
    "hidden courses": "courses WHERE visibility <> 'listed'",
}
RENUMBERED = {"enrolments": {"course_id"}}
"""Columns whose numbers change on both ways: they name the same course by another table's row."""

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_INSTANT = sa.DateTime(timezone=True)
_courses = sa.table(
    "courses",
    sa.column("public_id", sa.String),
    sa.column("slug", sa.String),
    sa.column("owner", sa.String),
    sa.column("visibility", sa.String),
    sa.column("channel", sa.String),
    sa.column("created_at", _INSTANT),
)
_entries = sa.table(
    "ledger_entries",
    sa.column("id", sa.Integer),
    sa.column("day", sa.Date),
    sa.column("data", sa.JSON),
    sa.column("recorded_at", _INSTANT),
)


def upgrade() -> None:
    """Make a row of each course there is, and point to it."""
    op.create_table(
        "courses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("visibility", sa.String(length=24), nullable=False),
        sa.Column("channel", sa.String(length=24), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses")),
        sa.UniqueConstraint("public_id", name=op.f("uq_courses_public_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_courses_slug")),
    )
    _fill_courses()
    _point_enrolments_to("courses", "SELECT course FROM documents WHERE id = enrolments.course_id")
    _number_documents()
    _divide_ledger()
    _tell_origins()


def _fill_courses() -> None:
    """Take the name of every course, the day of its first version, and where its text is from."""
    versions = op.get_bind().execute(
        sa.text(
            "SELECT documents.course, content_hash, published_at FROM revisions"
            " JOIN documents ON documents.id = document_id"
            " WHERE documents.type = 'course' ORDER BY documents.course, number"
        ).columns(published_at=_INSTANT)
    )
    found = [(course, list(each)) for course, each in groupby(versions, lambda row: row.course)]
    if found:
        op.bulk_insert(
            _courses,
            [
                {
                    "public_id": "crs_" + "".join(secrets.choice(_ALPHABET) for _ in range(26)),
                    "slug": slug,
                    "owner": "provider",
                    "visibility": "listed",
                    "channel": "shipped" if each[-1].content_hash in COURSE_TEXTS else "local",
                    "created_at": each[0].published_at,
                }
                for slug, each in found
            ],
        )


def _point_enrolments_to(table: str, slug: str) -> None:
    """Let enrolments name their course by a row of another table; `slug` selects its name."""
    with op.batch_alter_table("enrolments") as batch:
        batch.drop_constraint(op.f("fk_enrolments_course_id"), type_="foreignkey")
    named = f"SELECT id FROM {table} WHERE slug = ({slug})"  # noqa: S608 - ours
    of_type = "" if table == "courses" else " AND type = 'course'"
    # By way of negative numbers: a new one may be the old one of another course that the same
    # person takes, and the unique index looks at each row as it changes.
    _fill("enrolments", f"course_id = -({named}{of_type})")
    _fill("enrolments", "course_id = -course_id")
    with op.batch_alter_table("enrolments") as batch:
        batch.create_foreign_key(op.f("fk_enrolments_course_id"), table, ["course_id"], ["id"])


def _number_documents() -> None:
    """Let documents name their course by its row instead of its name."""
    _add("documents", sa.Column("course_id", sa.Integer()))
    _fill("documents", "course_id = (SELECT id FROM courses WHERE slug = course)")
    with op.batch_alter_table("documents") as batch:
        batch.alter_column("course_id", existing_type=sa.Integer(), nullable=False)
        batch.drop_constraint(op.f("uq_documents_course_type_slug"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_documents_course_id_type_slug"), ["course_id", "type", "slug"]
        )
        batch.create_foreign_key(op.f("fk_documents_course_id"), "courses", ["course_id"], ["id"])
        batch.drop_column("course")


def _divide_ledger() -> None:
    """Give entries their series and their own day; until now all came with the course's files."""
    release("ledger_entries")
    for column in (
        sa.Column("course_id", sa.Integer()),
        sa.Column("series", sa.String(length=24)),
        sa.Column("day", sa.Date()),
    ):
        _add("ledger_entries", column)
    _fill(
        "ledger_entries",
        "course_id = (SELECT id FROM courses WHERE slug = course), series = 'shipped'",
    )
    _fill_days()
    with op.batch_alter_table("ledger_entries") as batch:
        batch.alter_column("course_id", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("series", existing_type=sa.String(length=24), nullable=False)
        batch.alter_column("day", existing_type=sa.Date(), nullable=False)
        batch.drop_constraint(op.f("uq_ledger_entries_course_position"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_ledger_entries_course_id_series_position"),
            ["course_id", "series", "position"],
        )
        batch.create_foreign_key(
            op.f("fk_ledger_entries_course_id"), "courses", ["course_id"], ["id"]
        )
        batch.drop_column("course")
    op.create_index("ix_ledger_entries_newest", "ledger_entries", ["course_id", "id"])
    protect("ledger_entries")


def _fill_days() -> None:
    connection = op.get_bind()
    rows = connection.execute(sa.select(_entries.c.id, _entries.c.data, _entries.c.recorded_at))
    for id_, data, recorded_at in rows.all():
        day = date.fromisoformat(data["on"]) if data.get("on") else recorded_at.date()
        connection.execute(sa.update(_entries).where(_entries.c.id == id_).values(day=day))


def _tell_origins() -> None:
    """Say of each publication whether a release shipped its text, and on which one it rests."""
    release("publish_entries")
    _add("publish_entries", sa.Column("origin", sa.String(length=24)))
    _add("publish_entries", sa.Column("base_hash", sa.String(length=64)))
    _fill("publish_entries", "origin = 'local', base_hash = ''")
    for version in _shipped_versions():
        _fill(
            "publish_entries",
            f"origin = 'shipped' WHERE revision_id IN ({_OF_IT})",
            {"revision": version},
        )
    _fill("publish_entries", f"base_hash = ({_BASE}) WHERE EXISTS ({_BASE})")
    with op.batch_alter_table("publish_entries") as batch:
        batch.alter_column("origin", existing_type=sa.String(length=24), nullable=False)
        batch.alter_column("base_hash", existing_type=sa.String(length=64), nullable=False)
    protect("publish_entries", movable=("base_hash",))


_OF_IT = """
    SELECT part_id FROM revision_parts WHERE course_revision_id = :revision UNION SELECT :revision
"""
_BASE = """
    SELECT based.content_hash FROM revisions AS own
    JOIN revisions AS based ON based.document_id = own.document_id AND based.number <= own.number
    JOIN publish_entries AS told ON told.revision_id = based.id AND told.origin = 'shipped'
    WHERE own.id = publish_entries.revision_id ORDER BY based.number DESC LIMIT 1
"""


def _shipped_versions() -> list[int]:
    """Return the versions of courses that a release shipped."""
    rows = op.get_bind().execute(
        sa.text(
            "SELECT revisions.id, content_hash FROM revisions"
            " JOIN documents ON documents.id = document_id WHERE documents.type = 'course'"
        )
    )
    return [row.id for row in rows.all() if row.content_hash in COURSE_TEXTS]


def downgrade() -> None:
    """Name courses by their slug again, with one ledger; refused while rows need more."""
    refuse_rows(ABOVE)
    release("publish_entries")
    with op.batch_alter_table("publish_entries") as batch:
        batch.drop_column("base_hash")
        batch.drop_column("origin")
    protect("publish_entries")
    _join_ledger()
    _name_documents()
    _point_enrolments_to("documents", "SELECT slug FROM courses WHERE id = enrolments.course_id")
    op.drop_table("courses")


def _join_ledger() -> None:
    release("ledger_entries")
    op.drop_index("ix_ledger_entries_newest", "ledger_entries")
    _add("ledger_entries", sa.Column("course", sa.String(length=80)))
    _fill("ledger_entries", "course = (SELECT slug FROM courses WHERE id = course_id)")
    # As they stood: a trigger on SQLite names them in their order.
    order: list[tuple[str, ...]] = [
        ("id", "public_id", "course", "position", "about", "type", "data", "recorded_at", "actor")
    ]
    with op.batch_alter_table("ledger_entries", partial_reordering=order) as batch:
        batch.alter_column("course", existing_type=sa.String(length=80), nullable=False)
        batch.drop_constraint(op.f("fk_ledger_entries_course_id"), type_="foreignkey")
        batch.drop_constraint(op.f("uq_ledger_entries_course_id_series_position"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_ledger_entries_course_position"), ["course", "position"]
        )
        batch.drop_column("course_id")
        batch.drop_column("series")
        batch.drop_column("day")
    protect("ledger_entries")


def _name_documents() -> None:
    _add("documents", sa.Column("course", sa.String(length=80)))
    _fill("documents", "course = (SELECT slug FROM courses WHERE id = course_id)")
    with op.batch_alter_table("documents") as batch:
        batch.alter_column("course", existing_type=sa.String(length=80), nullable=False)
        batch.drop_constraint(op.f("fk_documents_course_id"), type_="foreignkey")
        batch.drop_constraint(op.f("uq_documents_course_id_type_slug"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_documents_course_type_slug"), ["course", "type", "slug"]
        )
        batch.drop_column("course_id")


def _add(table: str, column: sa.Column[Any]) -> None:
    with op.batch_alter_table(table) as batch:
        batch.add_column(column)


def _fill(table: str, values: str, given: Mapping[str, object] = MappingProxyType({})) -> None:
    op.get_bind().execute(sa.text(f"UPDATE {table} SET {values}"), given)  # noqa: S608 - ours
