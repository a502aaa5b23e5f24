"""`cpd serve`: everything one machine needs, from an empty folder to an open site."""

import http
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import click

from cpd import schema
from cpd.cli.db import prepare
from cpd.cli.main import app_now, settings_now
from cpd.config import Settings

ROOT = schema.MIGRATIONS.parent
HOST = "127.0.0.1"
BEHIND_A_PROXY = 8000
"""The port where a proxy finds the site; without one the public address says the port."""
WEB_WORKERS = 2
THREADS = 4
PATIENCE_SECONDS = 30

Command = Sequence[str | Path]


@click.command("serve")
@click.option("--demo", is_flag=True, help="Fill the site with demo people and their history.")
def command(*, demo: bool) -> None:
    """Prepare the database, publish the library, and run the web workers and the job worker."""
    settings = settings_now(CPD_DEMO="1") if demo else settings_now()
    port = port_of(settings)
    refuse_taken_port(settings, port)
    prepare(settings)
    with app_now(settings).app_context():
        people = fill_demo() if settings.demo else publish_library()
    _end_renderer()
    run(
        commands(port),
        environ={**os.environ, **_same_everywhere(settings)},
        is_open=lambda: _answers(port, settings.host),
        say=[f"cpd is open at {settings.public_url}", *(f"  {line}" for line in people)],
    )


def publish_library() -> list[str]:
    """Publish what changed in the shipped courses."""
    from cpd.cli import content  # noqa: PLC0415

    content.publish_loaded(content.sound())
    return []


def fill_demo() -> list[str]:
    """Publish the shipped courses and fill the demo; return who can sign in."""
    from cpd.cli import demo  # noqa: PLC0415

    demo.fill()
    return demo.sign_ins()


def _end_renderer() -> None:
    """End the process that rendered the library; this one will render nothing more."""
    from cpd.content import render  # noqa: PLC0415

    render.close()


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


def commands(port: int) -> list[Command]:
    """Return what runs: the web server, and the worker."""
    beside = Path(sys.executable).parent
    web: Command = (
        beside / "gunicorn", "wsgi:app", "--preload", "--bind", f"{HOST}:{port}",
        "--workers", str(WEB_WORKERS), "--threads", str(THREADS), "--worker-class", "gthread",
        "--graceful-timeout", "30", "--log-level", "warning",
    )  # fmt: skip
    return [web, (beside / "cpd", "worker")]


def _same_everywhere(settings: Settings) -> dict[str, str]:
    """Return what is settled here, with whole paths: the processes start in another folder."""
    return {
        "CPD_INSTANCE": str(settings.instance_dir),
        "DATABASE_URL": settings.database_url,
        "CPD_DEMO": str(int(settings.demo)),
    }


def run(
    started: Sequence[Command],
    *,
    environ: Mapping[str, str],
    is_open: Callable[[], bool],
    say: Sequence[str],
) -> None:
    """Run processes until SIGTERM, Ctrl-C or the end of one; then none of them is left."""

    def stop(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    processes: list[subprocess.Popen[bytes]] = []
    # Both by name: a shell may have started us with the keyboard's signal ignored.
    before = {one: signal.signal(one, stop) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        processes.extend(
            subprocess.Popen(each, cwd=ROOT, env=environ)  # noqa: S603 - our own commands
            for each in started
        )
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
            process.wait()
        for one, handler in before.items():
            signal.signal(one, handler)


def _all_run(processes: Sequence[subprocess.Popen[bytes]]) -> bool:
    return all(process.poll() is None for process in processes)


def _wait_until(is_open: Callable[[], bool], processes: Sequence[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not is_open():
        if not _all_run(processes):
            sys.exit("A process ended while starting; the lines above say why.")
        if time.monotonic() > until:
            sys.exit(
                f"The site did not become ready within {PATIENCE_SECONDS} seconds; "
                "the lines above say why."
            )
        time.sleep(0.1)


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
