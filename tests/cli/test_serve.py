"""`cpd serve`: from an empty folder to an open site, and nothing left when it stops."""

import http.client
import os
import re
import select
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

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
    empty_database: Database, typed: Typed, taken_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "GHOST_SECONDS", 0)
    empty_database.instance_dir.rmdir()
    done = typed(empty_database, "serve", CPD_PUBLIC_URL=f"http://127.0.0.1:{taken_port}")
    assert done.exit_code == 1
    assert said(done) == (
        f"Another program is using 127.0.0.1:{taken_port}. Stop it, or choose another port: "
        f"cpd serve --port {taken_port + 1}\n"
    )
    assert not empty_database.instance_dir.exists()


def test_a_port_that_is_still_held_by_what_was_killed_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server((serve.HOST, 0)) as ghost:
        monkeypatch.setattr("time.sleep", lambda _seconds: ghost.close())
        serve.exit_if_port_taken(ghost.getsockname()[1])
        assert ghost.fileno() == -1, "the control: it was taken at first"


@pytest.mark.parametrize(
    ("words", "public_url", "address"),
    [
        (("--port", "{port}"), "http://localhost:8123", "http://localhost:8123"),
        (
            ("--port", "{port}", "--workers", "5", "--threads", "20"),
            None,
            "http://127.0.0.1:{port}",
        ),
    ],
    ids=str,
)
def test_port_workers_and_threads_are_chosen(
    demo: Database, typed: Typed, monkeypatch: pytest.MonkeyPatch, free_port: int,
    words: tuple[str, ...], public_url: str | None, address: str,
) -> None:  # fmt: skip
    ran: dict[str, Any] = {}
    monkeypatch.setattr(
        serve, "run_processes_until_stopped", lambda works, **rest: ran.update(rest, works=works)
    )
    environ = {"CPD_PUBLIC_URL": public_url or Settings.public_url}
    words = tuple(word.format(port=free_port) for word in words)
    said(typed(demo, "serve", *words, **environ))
    app, web = ran["works"]["web server"].args
    assert ran["say"] == [f"cpd is open at {address.format(port=free_port)}"]
    assert settings_of_app(app).public_url == address.format(port=free_port), "links have it too"
    assert web["bind"] == f"127.0.0.1:{free_port}"
    chosen = (5, 20) if "--workers" in words else (2, 4)
    assert (web["workers"], web["threads"]) == chosen


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
    web, worker = ran["works"].values()
    assert web.func is serve.run_web_server
    assert web.args[1] == gunicorn.build_common_gunicorn_settings() | {
        "bind": f"127.0.0.1:{free_port}"
    }
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

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
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


def is_gone(pid: int) -> bool:
    """Wait for the end of a process that is not our child."""
    with suppress(ProcessLookupError):
        ending = os.pidfd_open(pid)
        gone, _, _ = select.select([ending], [], [], 30)
        os.close(ending)
        return bool(gone)
    return True


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


@pytest.mark.usefixtures("with_terminal")
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
        left = [site.children(at_least=4) for site in sites]
        ended = [sites[0].stop(signal.SIGHUP), sites[1].stop(signal.SIGKILL)]
    assert ended == [0, -signal.SIGKILL]
    serve.exit_if_port_taken(sites[1].port)  # which the next start takes
    assert not [pid for each in left for pid in each if not is_gone(pid)]
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
