"""Who rang; a table only for these tests."""

import sqlalchemy as sa

METADATA = sa.MetaData()

rings = sa.Table("rings", METADATA, sa.Column("subject", sa.String), sa.Column("at", sa.DateTime))
