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

from cpd.cli.db import migrate_database_or_exit, preparation_lock_or_exit
from cpd.cli.main import create_app_or_exit, read_settings_or_exit
from cpd.config import Settings

HOST = "127.0.0.1"
BEHIND_A_PROXY = 8000
"""The port where a proxy finds the site; without a proxy, the public address has the port."""
START_SECONDS = 30
GUNICORN_MODULES = ("app.base", "arbiter", "glogging", "workers.gthread")
"""What gunicorn imports when it starts."""

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
"""From malloc.h."""
MEGABYTE = 1024 * 1024

Work = Callable[[], object]
"""What a process runs until it gets a stop signal."""


@click.command("serve")
@click.option("--demo", is_flag=True, help="Fill the site with demo people and their history.")
def command(*, demo: bool) -> None:
    """Prepare the database, publish the library, and run the web workers and the job worker."""
    from cpd.authoring.publish import rerendering
    from cpd.kernel import clock

    settings = read_settings_or_exit(CPD_DEMO="1") if demo else read_settings_or_exit()
    port = choose_port(settings)
    exit_if_port_taken(settings, port)
    with preparation_lock_or_exit(settings):
        migrate_database_or_exit(settings)
        app = create_app_or_exit(settings, makes_keys=True)
        with app.app_context():
            rerendering.rerender_published_texts(now=clock.now())
            people = publish_and_fill_demo() if settings.demo else publish_shipped_courses()
            _load_modules_before_fork()
            _close_connections_before_fork()
    run_processes_until_stopped(
        [partial(run_web_server, app, port), partial(run_job_worker, app)],
        is_open=lambda: _is_site_ready(port, settings.host),
        say=[f"cpd is open at {settings.public_url}", *(f"  {line}" for line in people)],
    )


def publish_shipped_courses() -> list[str]:
    """Publish what changed in the shipped courses, except those edited on this site."""
    from cpd.authoring.publish import releases
    from cpd.db import db

    if not releases.is_library_up_to_date(db.session()):
        from cpd.cli import offers

        offers.publish_releases(offers.load_releases_to_publish())
        offers.record_release_warnings()
    return []


def publish_and_fill_demo() -> list[str]:
    """Publish the shipped courses and fill the demo; return who can sign in."""
    from cpd.cli.demo import fill, people

    fill.fill_demo_site()
    return people.list_sign_in_lines()


def _load_modules_before_fork() -> None:
    """Load what every process needs before they fork, so that they share its memory."""
    from cpd.access.permissions import VISITOR
    from cpd.courses.catalog.queries import find_catalog_page
    from cpd.db import db
    from cpd.web import formatting

    find_catalog_page(db.session(), VISITOR)
    formatting.current_page_direction()
    for name in GUNICORN_MODULES:
        import_module(f"gunicorn.{name}")


def _close_connections_before_fork() -> None:
    """Close what forked processes must not share, and the renderer, which none needs."""
    from cpd.content import render
    from cpd.db import db

    render.close_renderer()
    db.session.remove()
    db.engine.dispose()


def choose_port(settings: Settings) -> int:
    """Return the port to listen on."""
    if settings.is_private and not settings.is_https:
        return urlsplit(settings.public_url).port or http.client.HTTP_PORT
    return BEHIND_A_PROXY


def exit_if_port_taken(settings: Settings, port: int) -> None:
    """Exit saying what to do if the port is taken."""
    with socket.socket() as probe:
        if probe.connect_ex((HOST, port)) != 0:
            return
    another = f", or choose another port: CPD_PUBLIC_URL=http://{HOST}:{port + 1}"
    choice = another if settings.is_private else ""
    sys.exit(f"Another program is using {HOST}:{port}. Stop it{choice}.")


def run_web_server(app: Flask, port: int) -> None:
    """Serve requests with gunicorn, whose processes share what this one has loaded."""
    from gunicorn.app.base import BaseApplication

    class GunicornApp(BaseApplication):
        def load_config(self) -> None:
            for name, value in build_gunicorn_settings(port).items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return app

    _limit_memory_arenas()
    GunicornApp().run()


def _limit_memory_arenas() -> None:
    """Let threads share one memory arena, and return large blocks as soon as they are free.

    Otherwise each thread keeps as much as it ever needed, such as 20 MB for a password check.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # the C library is glibc
        mallopt(M_ARENA_MAX, 1)
        mallopt(M_MMAP_THRESHOLD, MEGABYTE)


def build_gunicorn_settings(port: int) -> dict[str, Any]:
    """Return gunicorn's settings."""
    from cpd.web.gunicorn import build_common_gunicorn_settings

    return {**build_common_gunicorn_settings(), "bind": f"{HOST}:{port}"}


def run_job_worker(app: Flask) -> None:
    """Run due jobs, as `cpd worker` does."""
    from cpd.jobs import worker

    with app.app_context():
        worker.run_worker_until_signal()


def run_processes_until_stopped(
    works: Sequence[Work], *, is_open: Callable[[], bool], say: Sequence[str]
) -> None:
    """Run processes until SIGTERM, Ctrl-C or the end of one; then stop them all.

    They are forks of this process, so everything is loaded once and shared: they start quickly and
    need little memory.
    """

    def raise_interrupt(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    gc.freeze()  # garbage collection would write to every memory page and so unshare it
    fork = multiprocessing.get_context("fork")
    processes: list[ForkProcess] = []
    # Both explicitly: a shell may have started us with SIGINT ignored.
    previous = {number: signal.signal(number, raise_interrupt) for number in STOP_SIGNALS}
    try:
        for task in works:
            process = fork.Process(target=_run_in_child, args=(task,))
            with _stop_signals_blocked():
                process.start()
                processes.append(process)
        _wait_until_open_or_exit(is_open, processes)
        click.echo("\n".join(["", *say, "Stop it with Ctrl-C."]))
        while _are_all_running(processes):
            time.sleep(0.5)
        sys.exit("A process ended unexpectedly. The lines above say why.")
    except KeyboardInterrupt:
        click.echo("Stopping.")
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()
        for number, handler in previous.items():
            signal.signal(number, handler)
        gc.unfreeze()


@contextmanager
def _stop_signals_blocked() -> Iterator[None]:
    """Hold back signals until the end of the block: one that comes during a fork could get lost."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _run_in_child(task: Work) -> None:
    """Run in a forked process, which signals end until the task handles them itself."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
    task()


def _are_all_running(processes: Sequence[ForkProcess]) -> bool:
    return all(process.is_alive() for process in processes)


def _wait_until_open_or_exit(is_open: Callable[[], bool], processes: Sequence[ForkProcess]) -> None:
    until = time.monotonic() + START_SECONDS
    while not is_open():
        if not _are_all_running(processes):
            sys.exit("A process ended while starting. The lines above say why.")
        if time.monotonic() > until:
            sys.exit(
                f"The site did not become ready within {START_SECONDS} seconds. "
                "The lines above say why."
            )
        time.sleep(0.02)


def _is_site_ready(port: int, name: str) -> bool:
    """Tell whether the site is ready; `name` is the host name that it accepts."""
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/readyz", headers={"Host": name})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
