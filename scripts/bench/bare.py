"""The bare page and the bare commit that the site is compared with."""

import sqlalchemy as sa

PAGE = "/bare/page"
"""20 kB from memory."""
COMMIT = "/bare/commit"
"""One row, written the way the site writes."""
QUERIES = "X-Queries"
"""The header in which the site reports its number of database queries."""
ROWS = sa.Table("bench_rows", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True))
