"""The `cpd` command as it is typed, on a test's database; and a filled demo."""

import os
import signal
from collections.abc import Callable, Iterator
from datetime import datetime
from unittest import mock

import click
import pytest
from click.testing import CliRunner, Result
from flask import Flask

from cpd import app as factory
from cpd.cli.demo import fill, stories
from cpd.cli.demo.people import DemoPerson
from cpd.cli.main import cli
from cpd.config import Settings
from cpd.hosts.keys import register_host_keys
from cpd.provider.first_start import store_or_compare_provider
from tests.support.databases import ENGINES, Database, Stores
from tests.support.moved_clock import MovedClock
from tests.support.prepared import disconnect, make_site, settings_for
from tests.support.server import environment

Typed = Callable[..., Result]
SITE_LINE = b"Instance folder: "
SITE = "http://127.0.0.1:8000"


@pytest.fixture
def with_terminal() -> Iterator[None]:
    """A terminal whose closing is heard, even if the tests themselves run under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


class PowerCutError(Exception):
    """What stops the demo while it is being filled."""


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, clock: MovedClock) -> Iterator[Typed]:
    """Runs the command at `NOW`: `typed(database, "db", "upgrade", CPD_PROXIES="1")`."""
    made: list[Flask] = []

    def create(settings: Settings) -> Flask:
        made.append(create_app(settings))
        return made[-1]

    def run(database: Database, *words: str, input: str = "", **environ: str | None) -> Result:  # noqa: A002
        given = environment(database, SITE, **environ)
        with mock.patch.dict(os.environ):  # a settings file is put into it
            return CliRunner().invoke(cli, list(words), env=given, input=input)

    create_app = factory.create_app
    monkeypatch.setattr(factory, "create_app", create)  # so that its connections can be closed
    yield run
    for app in made:
        disconnect(app)


@pytest.fixture(scope="session", params=ENGINES)
def filled_demo(request: pytest.FixtureRequest, stores: Stores) -> Iterator[Database]:
    """A demo, on SQLite and on PostgreSQL; tests take copies of it.

    Filling it was interrupted among the stories, and done to the end by another run.
    """
    made = stores[request.param].empty("filled-demo")
    make_site(made)
    moved = MovedClock()
    app = factory.create_app(settings_for(made))
    register_host_keys(app)  # as the command does that fills it, with the next line
    store_or_compare_provider(app)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stories, "play_story", _cut_after(2))
        with app.app_context(), pytest.raises(PowerCutError):
            fill.fill_demo_site()
    with app.app_context():
        fill.fill_demo_site()
    disconnect(app)
    moved.close()
    yield made
    stores[request.param].drop("filled-demo")


def _cut_after(count: int) -> Callable[[DemoPerson, datetime], None]:
    play, left = stories.play_story, [None] * count

    def cut(person: DemoPerson, begin: datetime) -> None:
        if not left:
            raise PowerCutError
        left.pop()
        play(person, begin)

    return cut


@pytest.fixture
def demo(filled_demo: Database, stores: Stores) -> Iterator[Database]:
    """A copy of the demo."""
    yield stores[filled_demo.engine].copy_of(filled_demo, "demo")
    stores[filled_demo.engine].drop("demo")


def said(done: Result) -> str:
    """Return what a command wrote, but for the line that names the site.

    One that crashed fails the test with its exception.
    """
    if done.exception is not None and not isinstance(
        done.exception, SystemExit | click.exceptions.Exit
    ):
        raise done.exception
    return without_site_line(done).output


def without_site_line(done: Result) -> Result:
    """Leave out the line that names the site, which has tests of its own."""
    lines = done.output_bytes.splitlines(keepends=True)
    done.output_bytes = b"".join(line for line in lines if not line.startswith(SITE_LINE))
    return done
