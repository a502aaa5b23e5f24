"""What the bench serves: the site, a bare page, and a bare durable commit.

Each response of the site reports its number of database queries in a header.
"""

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import Flask

from cpd.cli.main import create_app_or_exit
from cpd.db import db
from scripts.bench.bare import COMMIT, PAGE, QUERIES, ROWS
from tests.support.queries import ASKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

WORDS = "<p>Plain words, and nothing that has to be looked up.</p>\n"

site = create_app_or_exit()
bare = Flask("bare")
_page = f"<!doctype html><title>Bare</title>\n{WORDS * (20_000 // len(WORDS))}"
_asked = threading.local()

with site.app_context():
    _engine = db.engine


@bare.get(PAGE)
def page() -> str:
    """Answer with 20 kB from memory."""
    return _page


@bare.post(COMMIT)
def commit() -> str:
    """Write one row the way the site writes, and answer when it is durable."""
    with _engine.connect().execution_options(cpd_write=True) as connection:
        connection.execute(ROWS.insert())
        connection.commit()
    return ""


@sa.event.listens_for(_engine, "before_cursor_execute")
def _count_query(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if statement.lstrip().upper().startswith(ASKING):
        _asked.count = getattr(_asked, "count", 0) + 1


def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Dispatch to the bare pages or to the site."""
    if environ["PATH_INFO"] in {PAGE, COMMIT}:
        return bare(environ, start_response)
    _asked.count = 0

    def start_response_with_query_count(
        status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Any:
        return start_response(status, [*headers, (QUERIES, str(_asked.count))], exc_info)

    return site(environ, start_response_with_query_count)
