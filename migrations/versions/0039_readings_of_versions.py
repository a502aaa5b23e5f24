"""A section that somebody finished may be finished again in the text of another version."""

import sqlalchemy as sa
from alembic import op

from migrations.refusing import refuse_rows

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

BESIDE = "0023"
"""The releases before write one row for the version that is taken, and read any."""

ABOVE = {
    "sections finished in two versions": "section_readings AS one WHERE passage = '' AND EXISTS"
    " (SELECT 1 FROM section_readings AS other WHERE other.enrolment_id = one.enrolment_id"
    " AND other.section_id = one.section_id AND other.passage = '' AND other.id < one.id)"
}

_NAME, _TABLE = "uq_section_readings_ended", "section_readings"


def upgrade() -> None:
    """Let the text count in what is unique."""
    _replace_index("enrolment_id", "section_id", "revision_id")


def downgrade() -> None:
    """Allow one row for a section again, unless there are two."""
    refuse_rows(ABOVE)
    _replace_index("enrolment_id", "section_id")


def _replace_index(*columns: str) -> None:
    op.drop_index(_NAME, table_name=_TABLE)
    op.create_index(
        _NAME,
        _TABLE,
        list(columns),
        unique=True,
        sqlite_where=sa.text("passage = ''"),
        postgresql_where=sa.text("passage = ''"),
    )
