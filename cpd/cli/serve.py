"""`cpd serve`: everything one machine needs, from an empty folder to an open site."""

import ctypes
import http
import http.client
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import click
from flask import Flask

from cpd.cli.db import migrate_database_or_exit, preparation_lock_or_exit
from cpd.cli.main import create_app_or_exit, read_settings_or_exit
from cpd.cli.processes import run_processes_until_stopped
from cpd.config import Settings

HOST = "127.0.0.1"
BEHIND_A_PROXY = 8000
"""The port where a proxy finds the site; without a proxy, the public address has the port."""
GHOST_SECONDS = 3
"""How long a port may still be held by a site that was killed just now."""
WEB_MODULES = ("gunicorn.app.base", "gunicorn.arbiter", "cpd.web.buffering_worker")
"""What the web server imports when it starts."""

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
"""From malloc.h."""
MEGABYTE = 1024 * 1024


@click.command("serve")
@click.option("--demo", is_flag=True, help="Fill the site with demo people and their history.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="Listen on this port of 127.0.0.1. Without CPD_PUBLIC_URL, the address has it too.",
)
@click.option("--workers", type=click.IntRange(min=1), help="Web processes; by default 2.")
@click.option("--threads", type=click.IntRange(min=1), help="Threads of each; by default 4.")
def command(*, demo: bool, port: int | None, workers: int | None, threads: int | None) -> None:
    """Prepare the database, publish the library, and run the web workers and the job worker."""
    from cpd.authoring.bank.filling import fill_case_index
    from cpd.authoring.publish import rerendering
    from cpd.kernel import clock

    settings = read_settings_or_exit(CPD_DEMO="1") if demo else read_settings_or_exit()
    if port is None:
        port = choose_port(settings)
    elif settings.public_url == Settings.public_url:
        settings = replace(settings, public_url=f"http://{HOST}:{port}")
    exit_if_port_taken(port)
    with preparation_lock_or_exit(settings):
        migrate_database_or_exit(settings)
        app = create_app_or_exit(settings, makes_keys=True)
        with app.app_context():
            rerendering.rerender_published_texts(now=clock.now())
            fill_case_index(now=clock.now())
            people = publish_and_fill_demo() if settings.demo else publish_shipped_courses()
            _load_modules_before_fork(app)
            _close_connections_before_fork()
    web = build_gunicorn_settings(port, workers=workers, threads=threads)
    run_processes_until_stopped(
        {
            "web server": partial(run_web_server, app, web),
            "job worker": partial(run_job_worker, app),
        },
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


def _load_modules_before_fork(app: Flask) -> None:
    """Load what every process needs before they fork, so that they share its memory."""
    from cpd.access.permissions import VISITOR
    from cpd.courses.catalog.queries import find_catalog_page
    from cpd.db import db
    from cpd.web import formatting, shell

    shell.load_shared_templates(app)
    find_catalog_page(db.session(), VISITOR)
    formatting.current_page_direction()
    for name in WEB_MODULES:
        import_module(name)


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


def exit_if_port_taken(port: int) -> None:
    """Exit saying what to do if the port is taken, and not only by what was killed just now."""
    until = time.monotonic() + GHOST_SECONDS
    while _is_port_taken(port):
        if time.monotonic() > until:
            sys.exit(
                f"Another program is using {HOST}:{port}. Stop it, or choose another port: "
                f"cpd serve --port {port + 1}"
            )
        time.sleep(0.1)


def _is_port_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def run_web_server(app: Flask, settings: Mapping[str, Any]) -> None:
    """Serve requests with gunicorn, whose processes share what this one has loaded."""
    from gunicorn.app.base import BaseApplication

    class GunicornApp(BaseApplication):
        def load_config(self) -> None:
            for name, value in settings.items():
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


def build_gunicorn_settings(
    port: int, *, workers: int | None = None, threads: int | None = None
) -> dict[str, Any]:
    """Return gunicorn's settings, with what was chosen."""
    from cpd.web.gunicorn import build_common_gunicorn_settings

    chosen = {"bind": f"{HOST}:{port}", "workers": workers, "threads": threads}
    return build_common_gunicorn_settings() | {
        name: value for name, value in chosen.items() if value is not None
    }


def run_job_worker(app: Flask) -> None:
    """Run due jobs, as `cpd worker` does."""
    from cpd.jobs import worker

    with app.app_context():
        worker.run_worker_until_signal()


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
