"""Slow visitors occupy connections, and no thread: the others are answered as ever."""

import logging
import selectors
import socket
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from http.client import HTTPConnection
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import pytest
from gunicorn.config import Config

from cpd.web import buffering_worker
from cpd.web.buffering_worker import BufferingWorker, is_complete
from cpd.web.reading import MOST_BYTES
from tests.support.databases import Stores
from tests.support.server import LiveServer, serving

HEAD = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n"
PAGE = b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.mark.parametrize(
    ("arrived", "complete"),
    [
        (b"", False),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", False),
        (PAGE, True),
        (HEAD + b"Content-Length: 3\r\n\r\nab", False),
        (HEAD + b"content-length:3\r\n\r\nabc", True),
        (HEAD + b"Content-Length: 0\r\n\r\n", True),
        (HEAD + b"X: Content-Length: 9\r\n\r\n", True),
        (HEAD + b"Content-Length: nine\r\n\r\n", True),
        (HEAD + b"Content-Length: %d\r\n\r\n" % MOST_BYTES, False),
        (HEAD + b"Content-Length: %d\r\n\r\n" % (MOST_BYTES + 1), True),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", False),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", True),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"x" * (2 * MOST_BYTES + 1), True),
        (b"x" * (buffering_worker.MOST_HEAD + 1), True),
    ],
    ids=lambda value: repr(value)[-40:],
)
def test_a_thread_gets_what_is_complete_or_will_be_refused(
    arrived: bytes, *, complete: bool
) -> None:
    assert is_complete(arrived) is complete


# On the real server


@pytest.fixture(scope="module")
def server(stores: Stores) -> Iterator[LiveServer]:
    """One process with four threads and sixty connections."""
    database = stores["sqlite"].copy("slow")
    with serving(
        database, workers=1, GUNICORN_CMD_ARGS="--threads 4 --worker-connections 60"
    ) as running:
        yield running
    stores["sqlite"].drop("slow")


def connect(server: LiveServer) -> socket.socket:
    parts = urlsplit(server.url)
    return socket.create_connection((str(parts.hostname), parts.port), timeout=30)


def is_answered(server: LiveServer) -> bool:
    parts = urlsplit(server.url)
    connection = HTTPConnection(str(parts.hostname), parts.port, timeout=30)
    connection.request("GET", "/sign-in")
    status = connection.getresponse().status
    connection.close()
    return status == 200


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET / HTTP/1.1\r\nHost: ", HEAD + b"Content-Length: 900\r\n\r\nemail=", PAGE * 2000],
    ids=["nothing", "half a header", "half a body", "no answer is read"],
)
def test_slow_visitors_keep_nobody_waiting(server: LiveServer, sent: bytes) -> None:
    """They are more than there are threads, and than there are connections."""
    with ExitStack() as stack:
        for _ in range(80 if len(sent) < 1000 else 8):
            line = stack.enter_context(connect(server))
            line.settimeout(0)
            try:
                line.sendall(sent)
            except BlockingIOError:  # it is full: the server does not read on
                assert len(sent) > 1000
        assert is_answered(server)
        assert is_answered(server)


def test_a_request_in_pieces_and_several_at_once_are_all_answered(server: LiveServer) -> None:
    last = PAGE[:-2] + b"Connection: close\r\n\r\n"
    with connect(server) as line:
        for piece in (PAGE[:9], PAGE[9:] + PAGE + last[:30], last[30:]):
            line.sendall(piece)
        answers = b"".join(iter(lambda: line.recv(65536), b""))
    assert answers.count(b"HTTP/1.1 200 OK\r\n") == 3
    assert answers.count(b"</html>") == 3


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: %d\r\n\r\n" % (MOST_BYTES + 1) + PAGE,
        b"Transfer-Encoding: chunked\r\n\r\n64\r\n\r\n0\r\n\r\n",
    ],
    ids=["too long to wait for", "looks like the last chunk"],
)
def test_the_rest_of_a_refused_request_is_no_request(server: LiveServer, body: bytes) -> None:
    """The server hangs up, because it did not read the request to its end."""
    with connect(server) as line:
        line.sendall(HEAD + body)
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    assert answer.count(b"HTTP/1.1") <= 1
    assert b" 200 OK" not in answer


# A worker by itself


@pytest.fixture
def worker() -> Iterator[BufferingWorker]:
    """A worker that was not started: it has its loop, and no threads."""
    made = BufferingWorker(1, 1, [], None, 30, Config(), logging.getLogger("test"))
    made.poller = selectors.DefaultSelector()
    yield made
    made.murder_keepalived(force=True)
    made.poller.close()
    made.tmp.close()


def test_while_all_threads_are_busy_another_process_may_accept(
    worker: BufferingWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Any] = []
    monkeypatch.setattr(worker, "enqueue_req", begun.append)
    done: Future[bool] = Future()
    done.set_result(False)
    with socket.create_server(("127.0.0.1", 0)) as listener, ExitStack() as stack:
        worker.sockets = [listener]
        worker.set_accept_enabled(True)
        for sent in (b"", PAGE):
            assert worker._accepting
            line = stack.enter_context(socket.create_connection(listener.getsockname()))
            line.sendall(sent)
            worker.accept(listener)
        assert not worker._accepting
        waiting = stack.enter_context(socket.create_connection(listener.getsockname()))
        waiting.sendall(PAGE)
        listener.settimeout(0)
        worker.finish_request(begun[0], done)
        assert len(begun) == 2, "who waited is next, before another request of the first"
        worker.finish_request(begun[1], done)
        worker.set_accept_enabled(True)  # as the loop does
        assert worker._accepting


def test_who_takes_too_long_is_hung_up_on(
    worker: BufferingWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = monotonic()
    monkeypatch.setattr(buffering_worker, "monotonic", lambda: now)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        slow, fast = (socket.create_connection(listener.getsockname()) for _ in range(2))
        with slow, fast:
            worker.accept(listener)
            now += buffering_worker.ARRIVE_SECONDS - 1
            worker.accept(listener)
            worker.murder_keepalived()
            assert worker.nr_conns == 2
            now += 2
            worker.murder_keepalived()
            assert worker.nr_conns == 1
            assert slow.recv(1) == b""


def test_the_largest_unfinished_requests_go_first(
    worker: BufferingWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buffering_worker, "MOST_HELD", 100)
    with socket.create_server(("127.0.0.1", 0)) as listener, ExitStack() as stack:
        for size in (60, 90, 30):
            line = stack.enter_context(socket.create_connection(listener.getsockname()))
            line.sendall(b"x" * size)
            worker.accept(listener)
        worker._next_look = 0
        worker.murder_keepalived()
        assert sorted(len(visit.memory.arrived) for visit in worker._visits) == [30, 60]


def test_without_a_file_for_another_connection_the_oldest_goes(worker: BufferingWorker) -> None:
    class Full:
        def accept(self) -> None:
            raise OSError(24, "Too many open files")

    with socket.create_server(("127.0.0.1", 0)) as listener, ExitStack() as stack:
        line = stack.enter_context(socket.create_connection(listener.getsockname()))
        worker.accept(listener)
        worker.accept(Full())  # type: ignore[arg-type] # all of a socket that is used
        assert line.recv(1) == b""
    assert worker.nr_conns == 0
