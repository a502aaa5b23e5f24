"""Each case of a result as a row; gradings with what they were computed from."""

import sqlalchemy as sa
from alembic import op

from migrations.frozen import protect, release
from migrations.refusing import refuse_rows

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_AS_DRAWN = (
    "SELECT 1 FROM attempt_items"
    " JOIN documents ON documents.id = attempt_items.case_id"
    " WHERE attempt_items.attempt_id = grade_events.attempt_id AND documents.slug = used.key"
    " AND CAST(attempt_items.revision_id AS TEXT) = CAST(used.value AS TEXT)"
)
ABOVE = {
    "gradings by another key than was drawn, or without some case": (
        "grade_events WHERE inputs IS NOT NULL"  # noqa: S608 - ours
        " AND (CAST(inputs -> 'dropped' AS TEXT) <> '[]' OR EXISTS"
        " (SELECT 1 FROM json_each(inputs -> 'keys') AS used"
        f" WHERE NOT EXISTS ({_AS_DRAWN})))"
    )
}

PURPOSE = "backfill-item-results"
"""The handler of this purpose writes the rows of the gradings that are there already."""

_outbox = sa.table(
    "outbox_items",
    sa.column("purpose", sa.String),
    sa.column("about", sa.String),
    sa.column("payload", sa.JSON),
    sa.column("created_at"),
    sa.column("due_at"),
    sa.column("tries", sa.Integer),
    sa.column("lease", sa.String),
    sa.column("last_error", sa.String),
)


def upgrade() -> None:
    """Make the table, owe its rows, and let gradings say what they used.

    Gradings that are there say nothing, which means: every key as it was drawn, nothing dropped.
    """
    op.create_table(
        "item_results",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("is_seen", sa.Boolean(), nullable=False),
        sa.Column("choice", sa.JSON(), nullable=False),
        sa.Column("is_blank", sa.Boolean(), nullable=False),
        sa.Column("danger", sa.String(24), nullable=True),
        sa.Column("earned_num", sa.Integer(), nullable=False),
        sa.Column("earned_den", sa.Integer(), nullable=False),
        sa.Column("possible", sa.Integer(), nullable=False),
        sa.CheckConstraint("possible IN (0, 1)", name=op.f("ck_item_results_possible")),
        sa.CheckConstraint(
            "earned_den > 0 AND earned_num >= 0 AND earned_num <= earned_den * possible",
            name=op.f("ck_item_results_earned"),
        ),
        sa.CheckConstraint(
            "(danger IS NULL) = (is_blank OR possible = 0)",
            name=op.f("ck_item_results_danger_known"),
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_item_results_attempt_id")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["documents.id"], name=op.f("fk_item_results_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name=op.f("fk_item_results_revision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_results")),
        sa.UniqueConstraint(
            "attempt_id", "case_id", name=op.f("uq_item_results_attempt_id_case_id")
        ),
    )
    op.create_index(op.f("ix_item_results_revision_id"), "item_results", ["revision_id"])
    release("grade_events")
    op.add_column("grade_events", sa.Column("inputs", sa.JSON(), nullable=True))
    protect("grade_events")
    _owe_rows()


def _owe_rows() -> None:
    """Owe the rows of the results that are there, due since the oldest of them: a later one may
    have been written while some host's clock was ahead, and would keep the worker waiting."""
    connection = op.get_bind()
    oldest = connection.scalar(sa.text("SELECT min(graded_at) FROM results"))
    if oldest is None:
        return
    owed = {"purpose": PURPOSE, "about": "0", "payload": {"after": 0}, "tries": 0}
    owed |= {"created_at": oldest, "due_at": oldest, "lease": "", "last_error": ""}
    connection.execute(sa.insert(_outbox).values(owed))


def downgrade() -> None:
    """Drop both: the rows can be made anew, and gradings as drawn say nothing new."""
    refuse_rows(ABOVE)
    op.execute(sa.delete(_outbox).where(_outbox.c.purpose == PURPOSE))
    release("grade_events")
    op.drop_column("grade_events", "inputs")
    protect("grade_events")
    op.drop_index(op.f("ix_item_results_revision_id"), "item_results")
    op.drop_table("item_results")
