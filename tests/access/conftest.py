"""One app and database for the whole matrix: people and objects are made as its cells need them."""

from collections.abc import Iterator

import pytest

from cpd.app import create_app
from tests.access.objects import World
from tests.support.databases import ENGINES, Stores
from tests.support.moved_clock import MovedClock
from tests.support.prepared import disconnect, settings_for


@pytest.fixture(scope="module", params=ENGINES)
def world(request: pytest.FixtureRequest, stores: Stores) -> Iterator[World]:
    """An app with the small course, on SQLite and on PostgreSQL, with the clock at `NOW`."""
    moved = MovedClock()
    database = stores[request.param].copy("matrix")
    app = create_app(settings_for(database))
    yield World(app)
    disconnect(app)
    stores[request.param].drop("matrix")
    moved.close()
