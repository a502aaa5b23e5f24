"""The real server on a test's own database: gunicorn with two workers, as `cpd serve` runs it."""

import multiprocessing
import os
import signal
import socket
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from gunicorn.app import wsgiapp

from cpd.app import ROOMS
from cpd.cli.main import create_app_or_exit, read_settings_or_exit
from tests.support.databases import SECRET_KEY, Database

ROOT = Path(__file__).parents[2]
WORKERS = 2
THREADS = 4
PATIENCE = 60


@dataclass(frozen=True)
class LiveServer:
    """A running server: its address, its database, and its log."""

    url: str
    database: Database
    log: Path
    pid: int
    """The process whose children are the web processes."""


def environment(database: Database, url: str, **more: str | None) -> dict[str, str]:
    """Return the environment in which `cpd` and `wsgi` serve this database; None unsets."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
    given: dict[str, str | None] = {
        "DATABASE_URL": database.url,
        "CPD_INSTANCE": str(database.instance_dir),
        "CPD_PUBLIC_URL": url,
        "CPD_SECRET_KEY": SECRET_KEY,
        "PYTHONWARNINGS": "ignore",
        **more,
    }
    return kept | {name: value for name, value in given.items() if value is not None}


@contextmanager
def serving(
    database: Database, *, wsgi: str = "wsgi:app", workers: int = WORKERS, **more: str
) -> Iterator[LiveServer]:
    """Serve a database until the end of the block; `more` are further environment variables.

    The socket is opened here and handed over, so the port cannot be lost, and requests that arrive
    before the workers are up wait.
    """
    log = database.instance_dir.parent / f"{database.instance_dir.name}.log"
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        facts = environment(database, url, **more)
        process = _LOADED.Process(target=_serve, args=(listener, log, wsgi, workers, facts))
        process.start()
    assert process.pid is not None
    server = LiveServer(url, database, log, process.pid)
    try:
        _wait(server, process)
        yield server
    finally:
        _kill(process)


_LOADED = multiprocessing.get_context("forkserver")
"""Starts servers as forks of a process that has loaded what they run, which saves seconds each."""
_LOADED.set_forkserver_preload(
    ["cpd.cli.main", "gunicorn.app.wsgiapp", *(f"{room}.room" for room in ROOMS)]
)


def start_host() -> None:
    """Do what `cpd serve` does before it serves."""
    create_app_or_exit(read_settings_or_exit(), makes_keys=True)


def run_at_once(
    work: Callable[[], object], *facts: dict[str, str], words: Sequence[str] = ()
) -> Iterator[tuple[int | None, str]]:
    """Run a program as several processes at the same time; yield how each ended, and its output.

    `work` must lie in a module that all may import; `words` are what is typed after its name.
    """
    with TemporaryDirectory() as folder:
        begun = []
        for number, environ in enumerate(facts):
            log = Path(folder, str(number))
            begun.append((_LOADED.Process(target=_run, args=(work, log, words, environ)), log))
        for process, _ in begun:
            process.start()
        for process, log in begun:
            process.join(timeout=120)
            yield process.exitcode, log.read_text()


def _run(
    work: Callable[[], object], log: Path, words: Sequence[str], facts: dict[str, str]
) -> None:
    _become(log, facts)
    sys.argv = ["cpd", *words]
    work()


def _become(log: Path, facts: dict[str, str]) -> None:
    """Be a program of its own, with this environment, that writes to a file."""
    os.setsid()
    with log.open("wb") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(facts)
    warnings.resetwarnings()
    warnings.simplefilter("ignore")


def _serve(
    listener: socket.socket, log: Path, wsgi: str, workers: int, facts: dict[str, str]
) -> None:
    """Become gunicorn, as if its command had been run in this environment."""
    _become(log, facts)
    sys.argv = [
        "gunicorn", wsgi, "--bind", f"fd://{listener.detach()}",
        "--workers", str(workers), "--graceful-timeout", "5",
    ]  # fmt: skip
    wsgiapp.run()


def _kill(process: ForkServerProcess) -> None:
    """Kill the server and its workers at once: its database is deleted anyway."""
    assert process.pid is not None
    with suppress(ProcessLookupError):  # it ended by itself, which is reported elsewhere
        os.killpg(process.pid, signal.SIGKILL)
    process.join()


def _wait(server: LiveServer, process: ForkServerProcess) -> None:
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
