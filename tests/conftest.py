"""The fixtures of the whole suite; CONTRIBUTING.md says which to use for what."""

import gc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, before_render_template
from hypothesis import settings as properties
from playwright.sync_api import BrowserContext, Page

from cpd.app import create_app
from cpd.config import Settings, settings_of_app
from cpd.content import render
from cpd.content.document import Rendered
from cpd.db import is_in_unit_of_work
from tests.factories import accounts
from tests.support import browser as chromium
from tests.support import network, scoped
from tests.support.databases import ENGINES, Database, Stores
from tests.support.html_validate import HtmlValidator
from tests.support.moved_clock import MovedClock
from tests.support.people import ADA, INES, MAYA, OMAR, RAVI, ZOE, Person
from tests.support.post import PostOffice, open_post_office
from tests.support.prepared import disconnect, prepare, settings_for
from tests.support.server import LiveServer, serving
from tests.support.strict_templates import made_strict
from tests.support.visitor import Visitor

properties.register_profile("untimed", deadline=None)  # a busy machine is no fault of the code
properties.load_profile("untimed")

gc.set_threshold(100_000, 50, 1000)  # by default an eighth of the time goes into finding no garbage


@pytest.fixture(scope="session", autouse=True)
def _closed_network() -> Iterator[None]:
    with network.closed():
        yield


@pytest.fixture(scope="session", autouse=True)
def _nothing_slow_in_a_unit_of_work() -> Iterator[None]:
    """Fail whatever draws a page or renders Markdown while the write transaction is open."""

    def refuse(*_: Any, **__: Any) -> None:
        if is_in_unit_of_work():
            raise RuntimeError("no page is drawn and nothing rendered inside a unit of work")

    def guarded(renderer: render.Renderer, documents: Sequence[str]) -> list[Rendered]:
        refuse()
        return unguarded(renderer, documents)

    unguarded = render.Renderer.render_documents
    before_render_template.connect(refuse)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(render.Renderer, "render_documents", guarded)
        yield
    before_render_template.disconnect(refuse)


@pytest.fixture
def clock() -> Iterator[MovedClock]:
    """The clock of this test: it stands at `NOW` until the test moves it."""
    moved = MovedClock()
    yield moved
    moved.close()


@pytest.fixture(scope="session", autouse=True)
def _schools_ask_within_a_scope() -> Iterator[None]:
    with scoped.required():
        yield


# Databases


@pytest.fixture(scope="session")
def stores() -> Iterator[Stores]:
    """The template databases of this run, and the copies of them."""
    opened = Stores(prepare)
    yield opened
    opened.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests that are marked `pages` on SQLite alone.

    What a page makes of its rows is decided in Python; that its queries run on PostgreSQL, too, is
    the business of the access matrix, which sends each route there.
    """

    def is_left_out(item: pytest.Item) -> bool:
        of = getattr(item, "callspec", None)
        return item.get_closest_marker("pages") is not None and (
            of is not None and of.params.get("database") == "postgresql"
        )

    items[:] = [item for item in items if not is_left_out(item)]


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, stores: Stores) -> Iterator[Database]:
    """A copy of the filled template database, on SQLite and on PostgreSQL."""
    yield stores[request.param].copy("test")
    stores[request.param].drop("test")


@pytest.fixture(params=ENGINES)
def empty_database(request: pytest.FixtureRequest, stores: Stores) -> Iterator[Database]:
    """A database without any table, on SQLite and on PostgreSQL: for migrations."""
    fresh = stores[request.param].empty("empty")
    fresh.instance_dir.mkdir(mode=0o700)
    yield fresh
    stores[request.param].drop("empty")


# The app


@pytest.fixture(scope="session")
def _apps() -> dict[str, Flask]:
    """One app for each engine: its database is exchanged under it, its templates stay compiled."""
    return {}


@pytest.fixture
def app(database: Database, clock: MovedClock, _apps: dict[str, Flask]) -> Iterator[Flask]:
    """The app on this test's database, with the clock at `NOW`; do not change it: see make_app."""
    if database.engine not in _apps:
        _apps[database.engine] = made_strict(create_app(settings_for(database)))
    yield _apps[database.engine]
    disconnect(_apps[database.engine])


@pytest.fixture
def make_app(database: Database, clock: MovedClock) -> Iterator[Callable[..., Flask]]:
    """Makes an app of the test's own, with other settings: `make_app(provider_name="X")`."""
    made: list[Flask] = []

    def make(**changes: Any) -> Flask:
        facts = vars(settings_for(database)) | changes
        made.append(made_strict(create_app(Settings(**facts))))
        return made[-1]

    yield make
    for each in made:
        disconnect(each)


# Email


@pytest.fixture(scope="session")
def _post_office() -> Iterator[PostOffice]:
    with open_post_office() as office:
        yield office


@pytest.fixture
def post(
    app: Flask, _post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PostOffice]:
    """A real SMTP server to which the app sends: `post.collect(app)` returns what arrived."""
    settings = replace(settings_of_app(app), mail_server=_post_office.server)
    monkeypatch.setitem(app.config, "CPD", settings)
    yield _post_office
    _post_office.emails.clear()
    _post_office.answers.clear()


# People


@pytest.fixture
def visitor(app: Flask) -> Callable[[], Visitor]:
    """Makes visitors, each with a browser of their own."""
    return lambda: Visitor(app)


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    """Somebody who has not signed in."""
    return Visitor(app, "stranger")


def _signed_in(app: Flask, person: Person) -> Visitor:
    return accounts.let_in(Visitor(app, person.name), person)


@pytest.fixture
def maya(app: Flask) -> Visitor:
    """The therapist, signed in."""
    return _signed_in(app, MAYA)


@pytest.fixture
def omar(app: Flask) -> Visitor:
    """The school coordinator, signed in."""
    return _signed_in(app, OMAR)


@pytest.fixture
def ada(app: Flask) -> Visitor:
    """The author, signed in."""
    return _signed_in(app, ADA)


@pytest.fixture
def ravi(app: Flask) -> Visitor:
    """The reviewer, signed in."""
    return _signed_in(app, RAVI)


@pytest.fixture
def zoe(app: Flask) -> Visitor:
    """Somebody with an account who belongs nowhere, signed in."""
    return _signed_in(app, ZOE)


@pytest.fixture
def ines(app: Flask) -> Visitor:
    """The administrator, signed in."""
    return _signed_in(app, INES)


# Browsers


@pytest.fixture
def live_server(database: Database) -> Iterator[LiveServer]:
    """The real server, two workers, on this test's database; its clock is the machine's."""
    with serving(database) as server:
        yield server


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """How pytest-playwright starts the browser."""
    return chromium.launch_options()


@pytest.fixture
def phone(live_server: LiveServer, new_context: Callable[..., BrowserContext]) -> Page:
    """A page at phone width on the live server."""
    return new_context(base_url=live_server.url, viewport=chromium.PHONE).new_page()


@pytest.fixture
def phone_without_script(
    live_server: LiveServer, new_context: Callable[..., BrowserContext]
) -> Page:
    """The same, with JavaScript off."""
    return new_context(
        base_url=live_server.url, viewport=chromium.PHONE, java_script_enabled=False
    ).new_page()


@pytest.fixture(scope="session")
def html_validator() -> Iterator[HtmlValidator]:
    """html-validate, started once: `html_validator.check(html)`."""
    opened = HtmlValidator()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], None]:
    """Checks a page with axe: `axe(page)`."""

    def check(page: Page) -> None:
        found = chromium.axe_faults(page)
        assert not found, f"axe on {page.url}:\n- " + "\n- ".join(found)

    return check


def pytest_report_header() -> str:
    """Say which browser will be used."""
    return f"browser: {chromium.found() or 'none found; browser tests will fail'}"
