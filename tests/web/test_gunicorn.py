"""The real server believes no visitor about itself, and writes nothing of theirs down."""

import gc
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from cpd.web import gunicorn
from tests.support.databases import Database, Stores
from tests.support.server import LiveServer, serving


@pytest.fixture
def database(stores: Stores) -> Iterator[Database]:
    """On one engine: the server knows of none."""
    yield stores["sqlite"].copy("test")
    stores["sqlite"].drop("test")


@pytest.fixture
def control(database: Database) -> Path:
    """Where gunicorn would open its control socket."""
    return database.instance_dir / "gunicorn.ctl"


@pytest.fixture
def server(database: Database, control: Path) -> Iterator[LiveServer]:
    with serving(database, GUNICORN_CMD_ARGS=f"--control-socket {control}") as running:
        yield running


def told(server: LiveServer, request: str) -> tuple[int, dict[str, str]]:
    """Send a request as it is written, and return status and headers of the answer."""
    parts = urlsplit(server.url)
    with socket.create_connection((str(parts.hostname), parts.port), timeout=30) as line:
        line.sendall(request.replace("\n", "\r\n").encode())
        answer = b""
        while b"\r\n\r\n" not in answer and (more := line.recv(65536)):
            answer += more
    first, *lines = answer.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    return int(first.split()[1]), dict(line.split(": ", 1) for line in lines)


def asked(path: str, *headers: str) -> str:
    lines = (f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *headers)
    return "".join(f"{line}\n" for line in (*lines, ""))


def lines_of(server: LiveServer) -> list[dict[str, Any]]:
    """Return what gunicorn wrote; the app's lines lie between them."""
    lines = (json.loads(line) for line in server.log.read_text().splitlines() if line[:1] == "{")
    return [line for line in lines if line["logger"] != "cpd"]


SIGN_IN = "/sign-in?next=/record"
FORWARDERS = (
    "SCRIPT_NAME: /record",
    "SCRIPT_NAME: //evil.example",
    "PATH_INFO: /verify",
    "REMOTE_USER: ines",
    "X-Forwarded-Host: evil.example",
    "X_FORWARDED_HOST: evil.example",
    "X-Forwarded-Prefix: //evil.example",
    "X-Forwarded-Port: 81",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Protocol: ssl",
    "X-Forwarded-Ssl: on",
    "Forwarded: host=evil.example;proto=https",
)


def test_what_only_a_proxy_may_say_changes_nothing(server: LiveServer) -> None:
    for header in FORWARDERS:
        status, answer = told(server, asked("/record", header))
        assert (status, answer["Location"]) == (302, SIGN_IN), header
    assert told(server, asked("//evil.example/record", "SCRIPT_NAME: //evil.example"))[0] == 404
    contradiction = "X-Forwarded-Proto: https", "X-Forwarded-Ssl: off"
    assert told(server, asked("/record", *contradiction))[0] == 302


def test_it_opens_no_control_socket(server: LiveServer, control: Path) -> None:
    assert told(server, asked("/healthz"))[0] == 200
    assert not control.exists()


def test_control_gunicorn_by_itself_believes_opens_and_writes(
    database: Database, control: Path
) -> None:
    (database.instance_dir / "nothing.py").touch()
    own = f"--config {database.instance_dir / 'nothing.py'} --control-socket {control}"
    with serving(database, GUNICORN_CMD_ARGS=own) as server:
        _, answer = told(server, asked("//evil.example/record", "SCRIPT_NAME: //evil.example"))
        assert answer["Location"] == "//evil.example" + SIGN_IN
        assert told(server, asked("/record", "SCRIPT_NAME: /x"))[0] == 500
        assert told(server, "GET / HTTP/1.1\nmaya@clinic.example\n\n")[0] == 400
        assert "maya@clinic.example" in server.log.read_text()
        assert control.exists()


@pytest.mark.parametrize(
    ("request_text", "status", "fault"),
    [
        ("GET /maya@clinic.example", 400, "InvalidRequestLine"),
        ("GET / HTTP/1.1\nmaya@clinic.example\n\n", 400, "InvalidHeader"),
        ("GET / HTTP/1.1\nX: 1\n maya@clinic.example\n\n", 400, "ObsoleteFolding"),
        (f"GET /{'maya@clinic.example' * 500} HTTP/1.1\n\n", 414, "LimitRequestLine"),
        (asked("/", f"Cookie: {'maya@clinic.example' * 500}"), 431, "LimitRequestHeaders"),
    ],
    ids=["no protocol", "no header", "folded", "long address", "long header"],
)
def test_a_request_that_cannot_be_read_is_one_line_of_json_without_any_of_it(
    server: LiveServer, request_text: str, status: int, fault: str
) -> None:
    if "HTTP/1.1" not in request_text:
        request_text += "\n\n"
    assert told(server, request_text)[0] == status
    (line,) = lines_of(server)
    assert (line["event"], line["fault"]) == ("Invalid request", fault)
    assert (line["level"], line["logger"]) == ("warning", "gunicorn.error")
    assert not re.search(r"maya|clinic|127\.0\.0\.1", json.dumps(line))


def test_a_fault_is_written_without_the_address_that_was_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from gunicorn.config import Config  # noqa: PLC0415 - the package's, not ours

    lines = gunicorn.GunicornLogger(Config())
    try:
        int("a number")
    except ValueError:
        lines.exception("Error handling request %s %s", "GET", "/verify/K7-maya")
    lines.critical("WORKER TIMEOUT (pid:%s)", 4711)
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (first["event"], first["exception"]) == ("Error handling request", "ValueError")
    assert "test_gunicorn.py" in first["places"][0]
    assert second["event"] == "WORKER TIMEOUT (pid:4711)"


def test_what_is_loaded_before_the_fork_is_left_out_of_garbage_collection() -> None:
    before = gc.get_freeze_count()
    try:
        gunicorn.build_common_gunicorn_settings()["when_ready"](None)
        assert gc.get_freeze_count() > before
    finally:
        gc.unfreeze()
