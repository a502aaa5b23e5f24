"""${message}."""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = "${up_revision}"
down_revision = ${"\"%s\"" % down_revision if down_revision else None}
branch_labels = None
depends_on = None

BESIDE = ${"\"%s\"" % up_revision}
"""The oldest release, by its schema, that may run beside this one while hosts are upgraded."""


def upgrade() -> None:
    """${message}."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Undo it, with rows in."""
    ${downgrades if downgrades else "pass"}
