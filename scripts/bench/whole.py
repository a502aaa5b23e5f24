"""The whole site, as `cpd serve` starts it on an existing database."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from scripts.bench.browser import Browser, Reply
from scripts.bench.measuring import CLIENTS, Line, ask_at_once
from tests.support.databases import Database
from tests.support.server import environment

OK = 200
AS_INSTALLED = "import sys; sys.modules['rich'] = None; from cpd.cli.main import cli; cli()"
"""The `cpd` command, without a development library that structlog loads if it is installed."""


def measure_whole_site(database: Database, paths: Sequence[str], email: str) -> Iterator[Line]:
    """Start the site, fetch some pages, and return what that took."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", AS_INSTALLED, "serve"],
        env=environment(database, url, PYTHONPATH=str(Path.cwd())),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while not _is_ready(url):
            time.sleep(0.01)
        seconds = time.perf_counter() - began
        cpu = sum(_cpu_seconds(pid) for pid in _process_and_descendants(process.pid))
        yield Line(
            "from command to ready",
            seconds=seconds,
            says=f"{cpu:.2f} s of CPU time in all its processes",
            limits={"seconds": 1},
        )
        signed_in = [Browser(url).sign_in(email) for _ in range(2 * CLIENTS)]

        def fetch_pages() -> list[Reply]:
            return [Browser(url, signed_in[0].cookies).get(path) for path in paths]

        ask_at_once(
            [[fetch_pages, fetch_pages]] * CLIENTS
        )  # in sequence, a single process might answer all
        family = _process_and_descendants(process.pid)
        sizes = [_proportional_kb(pid) / 1024 for pid in family]
        yield Line(
            "memory of all processes (PSS)",
            megabytes=sum(sizes),
            says=f"{len(family)} processes: {', '.join(f'{size:.0f}' for size in sizes)}",
            limits={"megabytes": 150},
        )
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _is_ready(url: str) -> bool:
    connection = HTTPConnection(url.removeprefix("http://"), timeout=10)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _process_and_descendants(pid: int) -> list[int]:
    """Return a process and all of its descendants."""
    below = [
        child
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]
    return [pid, *(each for child in below for each in _process_and_descendants(int(child)))]


def _cpu_seconds(pid: int) -> float:
    """Return the user and system time of a process and of those it has waited for."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def _proportional_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
