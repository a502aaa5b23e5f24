"""What stands beside the site while it is measured, for comparison."""

import sqlalchemy as sa

PAGE = "/bare/page"
"""20 kB that are there already."""
COMMIT = "/bare/commit"
"""One row, written as the site writes."""
QUERIES = "X-Queries"
"""The header in which the site says how often it asked its database."""
ROWS = sa.Table("bench_rows", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True))
