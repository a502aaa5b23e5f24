"""The real server on a test's own database: gunicorn with two workers, as `cpd serve` runs it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from tests.support.databases import Database

ROOT = Path(__file__).parents[2]
WORKERS = 2
THREADS = 4
PATIENCE = 60


@dataclass(frozen=True)
class LiveServer:
    """A running server: where it is, which database it serves, and what it wrote down."""

    url: str
    database: Database
    log: Path
    pid: int
    """The process whose children are the web processes."""


def environment(database: Database, url: str, **more: str) -> dict[str, str]:
    """Return the environment in which `cpd` and `wsgi` serve this database."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
    return kept | {
        "DATABASE_URL": database.url,
        "CPD_INSTANCE": str(database.instance_dir),
        "CPD_PUBLIC_URL": url,
        "PYTHONWARNINGS": "ignore",
        **more,
    }


@contextmanager
def serving(
    database: Database, *, wsgi: str = "wsgi:app", workers: int = WORKERS, **more: str
) -> Iterator[LiveServer]:
    """Serve a database until the end of the block; `more` are further environment variables.

    The socket is opened here and handed over, so the port cannot be lost and requests that come
    before the workers are up wait their turn.
    """
    log = database.instance_dir.parent / f"{database.instance_dir.name}.log"
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener, log.open("wb") as out:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        process = subprocess.Popen(
            [
                sys.executable, "-m", "gunicorn", wsgi, "--preload",
                "--bind", f"fd://{listener.fileno()}",
                "--workers", str(workers), "--threads", str(THREADS), "--worker-class", "gthread",
                "--graceful-timeout", "5", "--log-level", "warning",
            ],
            cwd=ROOT, env=environment(database, url, **more), pass_fds=[listener.fileno()],
            stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    server = LiveServer(url, database, log, process.pid)
    try:
        _wait(server, process)
        yield server
    finally:
        _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the server and its workers at once: its database is thrown away anyhow."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _wait(server: LiveServer, process: subprocess.Popen[bytes]) -> None:
    parts = urlsplit(server.url)
    assert parts.hostname is not None
    connection = HTTPConnection(parts.hostname, parts.port, timeout=PATIENCE)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except OSError as fault:
        _kill(process)
        message = f"the server did not start:\n{server.log.read_text()}"
        raise AssertionError(message) from fault
    finally:
        connection.close()
    assert status == 200, f"/healthz answered {status}:\n{server.log.read_text()}"
