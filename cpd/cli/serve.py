"""`cpd serve`: everything one machine needs, from an empty folder to an open site."""

import http
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

import click

from cpd import schema
from cpd.cli.main import app_now, settings_now
from cpd.config import Settings
from cpd.kernel import clock

ROOT = schema.MIGRATIONS.parent
WEB_WORKERS = 2
THREADS = 4


@click.command("serve")
@click.option("--demo", is_flag=True, help="Fill the site with demo people and their history.")
def command(*, demo: bool) -> None:
    """Prepare the database, publish the library, and run the web workers and the job worker."""
    if demo:
        os.environ["CPD_DEMO"] = "1"
    settings = settings_now()
    _refuse_taken_port(settings)
    prepare_database(settings)
    with app_now().app_context():
        people = fill_demo() if demo else publish_library()
    _run(settings, people)


def prepare_database(settings: Settings) -> None:
    """Bring the database to this release's schema, copying an older one first."""
    settings.instance_dir.mkdir(parents=True, exist_ok=True)
    if schema.is_current(settings.database_url):
        return
    copy = schema.back_up(settings.database_url, now=clock.now())
    if copy is not None:
        click.echo(f"The database is older than this release. A copy of it is {copy}.")
    schema.migrate(settings.database_url)


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


def _address(settings: Settings) -> tuple[str, int]:
    parts = urlsplit(settings.public_url)
    return "127.0.0.1", parts.port or 8000


def _refuse_taken_port(settings: Settings) -> None:
    host, port = _address(settings)
    with socket.socket() as probe:
        if probe.connect_ex((host, port)) == 0:
            sys.exit(
                f"Something already answers on {host}:{port}. Stop it, or choose another port: "
                f"CPD_PUBLIC_URL=http://127.0.0.1:{port + 1}"
            )


def _run(settings: Settings, people: list[str]) -> None:
    host, port = _address(settings)
    bin_dir = os.path.dirname(sys.executable)  # noqa: PTH120 - beside the interpreter
    web = [
        f"{bin_dir}/gunicorn", "wsgi:app", "--preload", "--bind", f"{host}:{port}",
        "--workers", str(WEB_WORKERS), "--threads", str(THREADS), "--worker-class", "gthread",
        "--graceful-timeout", "30", "--log-level", "warning",
    ]  # fmt: skip
    processes = [
        subprocess.Popen(web, cwd=ROOT),  # noqa: S603 - our own commands
        subprocess.Popen([f"{bin_dir}/cpd", "worker"], cwd=ROOT),  # noqa: S603
    ]

    def stop(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        _wait_until_ready(host, port, settings.host, processes)
        click.echo(f"\ncpd is open at {settings.public_url}")
        for line in people:
            click.echo(f"  {line}")
        click.echo("Stop it with Ctrl-C.")
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
        sys.exit("A process ended unexpectedly; the lines above say why.")
    except KeyboardInterrupt:
        click.echo("Stopping.")
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


def _wait_until_ready(
    host: str, port: int, name: str, processes: list[subprocess.Popen[bytes]]
) -> None:
    for _ in range(300):
        if any(process.poll() is not None for process in processes):
            sys.exit("A process ended while starting; the lines above say why.")
        if _is_ready(host, port, name):
            return
        time.sleep(0.1)
    sys.exit("The site did not become ready within 30 seconds; the lines above say why.")


def _is_ready(host: str, port: int, name: str) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/readyz", headers={"Host": name})
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()
