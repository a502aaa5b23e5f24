"""`cpd serve`: everything one machine needs, from an empty folder to an open site."""

import ctypes
import gc
import http
import http.client
import multiprocessing
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from multiprocessing.context import ForkProcess
from typing import Any
from urllib.parse import urlsplit

import click
from flask import Flask

from cpd.cli.db import one_at_a_time, prepare
from cpd.cli.main import app_now, settings_now
from cpd.config import Settings

HOST = "127.0.0.1"
BEHIND_A_PROXY = 8000
"""The port where a proxy finds the site; without one the public address says the port."""
PATIENCE_SECONDS = 30
SERVING = ("app.base", "arbiter", "glogging", "workers.gthread")
"""What gunicorn loads when it starts."""

ENDING = (signal.SIGTERM, signal.SIGINT)
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
"""From malloc.h."""
A_MEGABYTE = 1024 * 1024

Work = Callable[[], object]
"""What a process does until it is told to stop."""


@click.command("serve")
@click.option("--demo", is_flag=True, help="Fill the site with demo people and their history.")
def command(*, demo: bool) -> None:
    """Prepare the database, publish the library, and run the web workers and the job worker."""
    from cpd.authoring.publish import renderings
    from cpd.kernel import clock

    settings = settings_now(CPD_DEMO="1") if demo else settings_now()
    port = port_of(settings)
    refuse_taken_port(settings, port)
    with one_at_a_time(settings):
        prepare(settings)
        app = app_now(settings, makes_keys=True)
        with app.app_context():
            renderings.rebuild(now=clock.now())
            people = fill_demo() if settings.demo else publish_library()
            _load_ahead()
            _let_go()
    run(
        [partial(serve_web, app, port), partial(work, app)],
        is_open=lambda: _answers(port, settings.host),
        say=[f"cpd is open at {settings.public_url}", *(f"  {line}" for line in people)],
    )


def publish_library() -> list[str]:
    """Publish what changed in the shipped courses, but for those that are edited here."""
    from cpd.authoring.publish import releases
    from cpd.db import db

    if not releases.is_library_up_to_date(db.session()):
        from cpd.cli import offers

        offers.publish_releases(offers.due())
        offers.record_release_warnings()
    return []


def fill_demo() -> list[str]:
    """Publish the shipped courses and fill the demo; return who can sign in."""
    from cpd.cli.demo import fill, people

    fill.fill_demo_site()
    return people.sign_in_lines()


def _load_ahead() -> None:
    """Load what every process would load and remember, so that they share it."""
    from cpd.access.permissions import VISITOR
    from cpd.courses.catalog.queries import catalog_page
    from cpd.db import db
    from cpd.web import formatting

    catalog_page(db.session(), VISITOR)
    formatting.page_direction()
    for name in SERVING:
        import_module(f"gunicorn.{name}")


def _let_go() -> None:
    """Close what the processes to come must not share, and the renderer, which none will need."""
    from cpd.content import render
    from cpd.db import db

    render.close()
    db.session.remove()
    db.engine.dispose()


def port_of(settings: Settings) -> int:
    """Return the port to listen on."""
    if settings.is_private and not settings.is_https:
        return urlsplit(settings.public_url).port or http.client.HTTP_PORT
    return BEHIND_A_PROXY


def refuse_taken_port(settings: Settings, port: int) -> None:
    """End with what to do when something listens there already."""
    with socket.socket() as probe:
        if probe.connect_ex((HOST, port)) != 0:
            return
    another = f", or choose another port: CPD_PUBLIC_URL=http://{HOST}:{port + 1}"
    choice = another if settings.is_private else ""
    sys.exit(f"Something already answers on {HOST}:{port}. Stop it{choice}.")


def serve_web(app: Flask, port: int) -> None:
    """Answer requests with gunicorn, whose processes share what this one has loaded."""
    from gunicorn.app.base import BaseApplication

    class Site(BaseApplication):  # type: ignore[misc] # gunicorn has no types
        def load_config(self) -> None:
            for name, value in web_settings(port).items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return app

    _give_memory_back()
    Site().run()


def _give_memory_back() -> None:
    """Let threads take memory from one place, and large pieces go back as soon as they are free.

    Else each thread keeps the most that it ever needed, and a password's check some 20 MB.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # the C library is glibc
        mallopt(M_ARENA_MAX, 1)
        mallopt(M_MMAP_THRESHOLD, A_MEGABYTE)


def web_settings(port: int) -> dict[str, Any]:
    """Return gunicorn's settings."""
    from cpd.web.gunicorn import settings

    return {**settings(), "bind": f"{HOST}:{port}"}


def work(app: Flask) -> None:
    """Carry out what is owed, as `cpd worker` does."""
    from cpd.jobs import worker

    with app.app_context():
        worker.run()


def run(works: Sequence[Work], *, is_open: Callable[[], bool], say: Sequence[str]) -> None:
    """Run processes until SIGTERM, Ctrl-C or the end of one; then none of them is left.

    They are forks of this one, so that everything is loaded once and shared: quick to start, and
    small.
    """

    def stop(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    gc.freeze()  # looking for garbage would write into every page, and so unshare it
    fork = multiprocessing.get_context("fork")
    processes: list[ForkProcess] = []
    # Both by name: a shell may have started us with the keyboard's signal ignored.
    before = {one: signal.signal(one, stop) for one in ENDING}
    try:
        for each in works:
            process = fork.Process(target=_as_told, args=(each,))
            with _deaf():
                process.start()
                processes.append(process)
        _wait_until(is_open, processes)
        click.echo("\n".join(["", *say, "Stop it with Ctrl-C."]))
        while _all_run(processes):
            time.sleep(0.5)
        sys.exit("A process ended unexpectedly; the lines above say why.")
    except KeyboardInterrupt:
        click.echo("Stopping.")
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()
        for one, handler in before.items():
            signal.signal(one, handler)
        gc.unfreeze()


@contextmanager
def _deaf() -> Iterator[None]:
    """Let signals wait for the end of the block: one that comes during a fork could get lost."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _as_told(each: Work) -> None:
    """Work in a process of its own: until the work listens to signals itself, they end it."""
    for one in ENDING:
        signal.signal(one, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
    each()


def _all_run(processes: Sequence[ForkProcess]) -> bool:
    return all(process.is_alive() for process in processes)


def _wait_until(is_open: Callable[[], bool], processes: Sequence[ForkProcess]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not is_open():
        if not _all_run(processes):
            sys.exit("A process ended while starting; the lines above say why.")
        if time.monotonic() > until:
            sys.exit(
                f"The site did not become ready within {PATIENCE_SECONDS} seconds; "
                "the lines above say why."
            )
        time.sleep(0.02)


def _answers(port: int, name: str) -> bool:
    """Tell whether the site is ready; `name` is the host name that it listens to."""
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/readyz", headers={"Host": name})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
