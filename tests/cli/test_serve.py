"""`cpd serve`: from an empty folder to an open site, and nothing left when it stops."""

import gc
import http.client
import multiprocessing
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import click
import pytest

from cpd.authoring.sources import disk as folders
from cpd.cli import serve
from cpd.cli.demo import people as demo_people
from cpd.config import Settings, settings_of_app
from cpd.content import render
from cpd.web import gunicorn
from tests.cli.conftest import Typed, said
from tests.support.databases import Database
from tests.support.server import environment

CPD = Path(sys.executable).with_name("cpd")
FOR_EVER = signal.pause


def nothing_more() -> None:
    """End at once."""


def settings(public_url: str, *, proxies: int = 0) -> Settings:
    return Settings("sqlite:////nowhere/x.sqlite", Path("/nowhere"), public_url, proxies=proxies)


@pytest.mark.parametrize(
    ("public_url", "proxies", "port"),
    [
        ("http://127.0.0.1:8000", 0, 8000),
        ("http://localhost:8123", 0, 8123),
        ("http://localhost", 0, 80),
        ("https://cpd.example.org", 1, 8000),
        ("https://cpd.example.org:8443", 1, 8000),
        ("http://localhost:8123", 1, 8000),
        ("https://localhost:8443", 0, 8000),
    ],
)
def test_it_listens_where_the_public_address_says_or_where_a_proxy_looks(
    public_url: str, proxies: int, port: int
) -> None:
    assert serve.choose_port(settings(public_url, proxies=proxies)) == port


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((serve.HOST, 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server((serve.HOST, 0)) as listener:
        yield listener.getsockname()[1]


def test_a_taken_port_ends_it_before_anything_is_made(
    empty_database: Database, typed: Typed, taken_port: int
) -> None:
    empty_database.instance_dir.rmdir()
    done = typed(empty_database, "serve", CPD_PUBLIC_URL=f"http://127.0.0.1:{taken_port}")
    assert done.exit_code == 1
    assert said(done) == (
        f"Another program is using 127.0.0.1:{taken_port}. Stop it, or choose another port: "
        f"CPD_PUBLIC_URL=http://127.0.0.1:{taken_port + 1}.\n"
    )
    assert not empty_database.instance_dir.exists()


def test_behind_a_proxy_there_is_no_other_port_to_choose(taken_port: int, free_port: int) -> None:
    behind = settings("https://cpd.example.org", proxies=1)
    with pytest.raises(SystemExit, match=r"is using 127\.0\.0\.1:\d+\. Stop it\.$"):
        serve.exit_if_port_taken(behind, taken_port)
    serve.exit_if_port_taken(behind, free_port)


@pytest.mark.parametrize("words", [("serve", "--demo"), ("serve",)], ids=" ".join)
def test_it_prepares_and_publishes_and_then_runs_the_web_and_the_worker(
    demo: Database, typed: Typed, monkeypatch: pytest.MonkeyPatch, free_port: int,
    words: tuple[str, ...],
) -> None:  # fmt: skip
    ran: dict[str, Any] = {}
    monkeypatch.setattr(
        serve, "run_processes_until_stopped", lambda works, **rest: ran.update(rest, works=works)
    )
    output = said(typed(demo, *words, CPD_PUBLIC_URL=f"http://localhost:{free_port}"))
    assert "revisions" not in output, "what is published already is not even rendered"
    web, worker = ran["works"]
    assert web.func is serve.run_web_server
    assert web.args[1] == free_port
    assert worker.func is serve.run_job_worker
    assert {web.args[0], worker.args[0]} == {web.args[0]}, "one app, loaded once"
    settings = settings_of_app(web.args[0])
    assert (settings.database_url, settings.instance_dir) == (demo.url, demo.instance_dir)
    assert settings.demo is ("--demo" in words), "the pages know it too"
    people = [f"  {line}" for line in demo_people.list_sign_in_lines()] if "--demo" in words else []
    assert ran["say"] == [f"cpd is open at http://localhost:{free_port}", *people]
    assert not ran["is_open"](), "nothing was started"
    assert render._shared._process is None, "nor is the library's renderer left"


def test_a_shipped_file_that_changed_is_published_at_the_start(
    demo: Database, typed: Typed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free_port: int
) -> None:
    course = shutil.copytree(folders.LIBRARY / "massage-and-ms", tmp_path / "massage-and-ms")
    exam = course / "exam.md"
    exam.write_text(exam.read_text() + "6. Take your time.\n")
    monkeypatch.setattr(folders, "LIBRARY", tmp_path)
    monkeypatch.setattr(serve, "run_processes_until_stopped", lambda works, **rest: None)
    for said_once in ("massage-and-ms: 2 revisions", "The database is up to date.\n"):
        output = said(typed(demo, "serve", CPD_PUBLIC_URL=f"http://localhost:{free_port}"))
        assert said_once in output
    assert "revisions" not in output


def test_the_web_is_served_as_by_gunicorns_own_command() -> None:
    assert serve.build_gunicorn_settings(8123) == {
        **gunicorn.build_common_gunicorn_settings(),
        "bind": "127.0.0.1:8123",
    }


# The processes


class Running:
    """Processes that are run as the site's are, and what was said meanwhile."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.said: list[str] = []
        self.is_open = True
        monkeypatch.setattr(click, "echo", self.said.append)

    def run(self, *works: serve.Work) -> None:
        serve.run_processes_until_stopped(works, is_open=lambda: self.is_open, say=["It is open."])

    def __call__(self, *works: serve.Work) -> str:
        """Run them to an exit, and return how it is explained."""
        with pytest.raises(SystemExit) as ended:
            self.run(*works)
        return str(ended.value)

    @property
    def left(self) -> list[BaseProcess]:
        """The processes that are not gone."""
        return list(multiprocessing.active_children())


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Running:
    return Running(monkeypatch)


def test_sigterm_ends_all_of_them(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.getsignal(signal.SIGTERM)
    begun: list[int] = []

    def stop(_seconds: float) -> None:
        begun.extend(process.pid or 0 for process in running.left)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr("time.sleep", stop)
    running.run(FOR_EVER, FOR_EVER)
    assert running.said == ["\nIt is open.\nStop it with Ctrl-C.", "Stopping."]
    assert len(begun) == 2
    assert running.left == []
    assert signal.getsignal(signal.SIGTERM) is before
    assert gc.get_freeze_count() == 0


def test_ctrl_c_while_starting_ends_all_of_them(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.is_open = False
    monkeypatch.setattr("time.sleep", lambda _seconds: signal.raise_signal(signal.SIGINT))
    running.run(FOR_EVER, FOR_EVER)
    assert running.said == ["Stopping."]
    assert running.left == []


def test_the_end_of_one_is_the_end_of_all(running: Running) -> None:
    assert "A process ended unexpectedly" in running(FOR_EVER, nothing_more)
    assert running.left == []


def test_one_that_ends_while_starting_is_not_waited_for(running: Running) -> None:
    running.is_open = False
    assert "A process ended while starting" in running(FOR_EVER, nothing_more)
    assert running.left == []


def test_a_site_that_never_opens_is_not_waited_for(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.is_open = False
    monkeypatch.setattr(serve, "START_SECONDS", -1)
    assert "The site did not become ready" in running(FOR_EVER, FOR_EVER)
    assert running.left == []


def test_one_that_cannot_be_started_leaves_no_other(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    fork = os.fork
    begun: list[bool] = []

    def fork_once() -> int:
        if begun:
            raise BlockingIOError("there are too many processes")
        begun.append(True)
        return fork()

    monkeypatch.setattr(os, "fork", fork_once)
    with pytest.raises(BlockingIOError):
        running.run(FOR_EVER, FOR_EVER)
    assert running.left == []


@pytest.mark.parametrize(
    ("answer", "is_open"),
    [(b"HTTP/1.1 200 OK\r\n\r\n", True), (b"HTTP/1.1 503 Wait\r\n\r\n", False), (b"?\r\n", False)],
)
def test_only_what_says_that_it_is_ready_is_open(answer: bytes, *, is_open: bool) -> None:
    asked: list[bytes] = []

    def serve_once() -> None:
        connection, _ = listener.accept()
        with connection:
            asked.append(connection.recv(1000))
            connection.sendall(answer)

    with socket.create_server((serve.HOST, 0)) as listener:
        thread = threading.Thread(target=serve_once)
        thread.start()
        assert serve._is_site_ready(listener.getsockname()[1], "cpd.example.org") is is_open
        thread.join()
    assert b"GET /readyz" in asked[0]
    assert b"Host: cpd.example.org\r\n" in asked[0]


def test_what_nobody_answers_is_not_open(free_port: int) -> None:
    assert not serve._is_site_ready(free_port, "localhost")


# The real thing


class Site:
    """A real `cpd serve`, asked for pages as a browser would."""

    def __init__(self, environ: dict[str, str], folder: Path, *more: str) -> None:
        self.port = int(environ["CPD_PUBLIC_URL"].rpartition(":")[2])
        self.process = subprocess.Popen(
            [CPD, "serve", *more], cwd=folder, env=environ, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, umask=0,
        )  # fmt: skip
        self.lines = self._read_until_open()

    def _read_until_open(self) -> list[str]:
        assert self.process.stdout is not None
        lines = []
        for line in self.process.stdout:
            lines.append(line.rstrip("\n"))
            if line.startswith("Stop it with"):
                return lines
        assert self.process.stderr is not None
        raise AssertionError("\n".join([*lines, self.process.stderr.read()]))

    def get(self, path: str, host: str = "127.0.0.1") -> tuple[int, str]:
        connection = http.client.HTTPConnection(serve.HOST, self.port, timeout=30)
        connection.request("GET", path, headers={"Host": f"{host}:{self.port}"})
        response = connection.getresponse()
        found = response.status, response.read().decode()
        connection.close()
        return found

    def children(self, *, at_least: int = 0) -> list[int]:
        """Return every process below it, once there are so many."""
        found = self._children()
        while len(found) < at_least and self.process.poll() is None:
            found = self._children()
        return found

    def _children(self) -> list[int]:
        parents = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdecimal() and (status := _status(folder)):
                parents[int(folder.name)] = status
        found, last = [], {self.process.pid}
        while last:
            last = {pid for pid, parent in parents.items() if parent in last}
            found += sorted(last)
        return found

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=60)
        return self.process.returncode


def _status(folder: Path) -> int | None:
    """Return the parent of a process; None for one that is gone, or about to be."""
    try:
        text = (folder / "status").read_text()
    except OSError:
        return None
    is_gone = "\nState:\tZ" in text
    found = re.search(r"^PPid:\t(\d+)$", text, re.MULTILINE)
    return int(found.group(1)) if found and not is_gone else None


@pytest.fixture
def empty_folder(tmp_path: Path, free_port: int) -> dict[str, str]:
    """An environment in which nothing is said about places: they follow the folder."""
    database = Database("sqlite", "", tmp_path)
    environ = environment(database, f"http://127.0.0.1:{free_port}")
    del environ["DATABASE_URL"], environ["CPD_INSTANCE"], environ["CPD_SECRET_KEY"]
    return environ


def test_an_empty_folder_becomes_an_open_demo_and_nothing_is_left_when_it_stops(
    tmp_path: Path, empty_folder: dict[str, str]
) -> None:
    site = Site(empty_folder, tmp_path, "--demo")
    try:
        children = site.children(at_least=4)
        assert site.lines[-len(demo_people.PEOPLE) - 3 :] == [
            f"cpd is open at http://127.0.0.1:{site.port}",
            *(f"  {line}" for line in demo_people.list_sign_in_lines()),
            "Stop it with Ctrl-C.",
        ]
        status, page = site.get("/")
        assert status == 200
        assert "<h1" in page
        assert site.get("/", host="localhost")[0] == 200
        assert site.get("/", host="cpd.example.org")[0] == 400
        assert site.get("/courses/massage-and-ms")[0] == 200
        made = tmp_path / "instance"
        assert {path.name for path in made.iterdir()} >= {"cpd.sqlite", "cpd.sqlite-wal"}
        modes = {stat.S_IMODE(path.stat().st_mode) for path in made.rglob("*")}
        assert modes == {0o600, 0o700}, "whatever the umask"
    finally:
        status = site.stop()
    assert status == 0
    assert len(children) == 4, "gunicorn with two workers, and the job worker"
    assert [pid for pid in children if _status(Path(f"/proc/{pid}"))] == []
    assert not serve._is_site_ready(site.port, "127.0.0.1")
    assert {path.name for path in made.iterdir()} >= {"cpd.sqlite", "secret-key", "keys"}
    assert stat.S_IMODE(made.stat().st_mode) == 0o700


def test_two_starts_at_once_on_an_empty_database_prepare_it_once(
    empty_database: Database, tmp_path: Path
) -> None:
    def open_site(port: int) -> Site:
        return Site(environment(empty_database, f"http://127.0.0.1:{port}"), tmp_path)

    with ThreadPoolExecutor() as threads:
        sites = list(threads.map(open_site, free_ports(2)))
    try:
        assert [site.get("/courses/massage-and-ms")[0] for site in sites] == [200, 200]
    finally:
        ended = [site.stop() for site in sites]
    assert ended == [0, 0]
    first, second = sorted((site.lines for site in sites), key=waited)
    assert (waited(first), waited(second)) == (False, True)
    assert "The database is at this release's schema." in first
    assert "The database is up to date." in second
    assert [any(" revisions, " in line for line in lines) for lines in (first, second)] == [
        True,
        False,
    ]


def waited(lines: list[str]) -> bool:
    return lines[0] == "Another process is preparing the database; waiting for it."


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.create_server((serve.HOST, 0))) for _ in range(count)]
        return [probe.getsockname()[1] for probe in probes]
