"""A gunicorn worker whose threads never wait for a visitor's network.

Its loop collects each request and sends each response; a thread is given a request only when it has
arrived completely, and writes its response into memory. So visitors who are slow, on purpose or
not, occupy a connection but no thread. A connection that takes too long is closed.
"""

import errno
import os
import re
import selectors
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from time import monotonic
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker
from typing_extensions import override

from cpd.web.reading import MOST_BYTES

ARRIVE_SECONDS = 30
"""How long a request may take to arrive."""
LEAVE_SECONDS = 60
"""How long a response may take to be received."""
LINGER_SECONDS = 2
"""How long a closed connection is read, so that its response is not lost on the way."""
MOST_HEAD = 64 * 1024
MOST_HELD = 64 * 1024 * 1024
"""Bytes of unfinished requests in one process."""
_EACH = 64 * 1024

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,12})[ \t]*\r\n", re.IGNORECASE)
_IN_CHUNKS = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
_LAST_CHUNK = b"\r\n0\r\n\r\n"

_NO_FILES = {errno.EMFILE, errno.ENFILE}
_NOT_NOW = {errno.EAGAIN, errno.ECONNABORTED, *_NO_FILES}


def is_complete(arrived: bytes | bytearray) -> bool:
    """Tell whether a request has arrived, or so much of one that it will be refused.

    gunicorn then parses it. If it expected more, it finds the end of the input instead.
    """
    end = arrived.find(b"\r\n\r\n")
    if end < 0:
        return len(arrived) > MOST_HEAD
    head, body_bytes = arrived[: end + 2], len(arrived) - end - 4
    if body_bytes > 2 * MOST_BYTES:
        return True
    if _IN_CHUNKS.search(head):
        return arrived.endswith(_LAST_CHUNK)
    length = _LENGTH.search(head)
    return length is None or int(length[1]) > MOST_BYTES or body_bytes >= int(length[1])


class _Memory:
    """What a thread has instead of a socket: a request that has arrived, and its response."""

    def __init__(self) -> None:
        self.arrived = bytearray()
        self.leaving = bytearray()
        self.is_exhausted = False
        """Whether more was read than had arrived; what then arrives is not a new request."""

    def recv(self, size: int) -> bytes:
        part = bytes(self.arrived[:size])
        del self.arrived[:size]
        self.is_exhausted |= not part
        return part

    def send(self, data: bytes) -> int:
        self.leaving += data
        return len(data)

    def sendall(self, data: bytes) -> None:
        self.leaving += data

    def gettimeout(self) -> float | None:
        return None

    def settimeout(self, _seconds: float | None) -> None:
        """Do nothing, like the others below: memory is always ready."""

    def setblocking(self, _flag: object) -> None: ...

    def shutdown(self, _how: int) -> None: ...

    def close(self) -> None: ...


class _Visit(TConn):
    """A connection: its socket for the loop, and what gunicorn's threads take for its socket."""

    def __init__(self, cfg: Any, network: socket.socket, client: Any, server: Any) -> None:
        self.memory = _Memory()
        super().__init__(cfg, self.memory, client, server)
        self.data_ready = True
        self.network = network
        self.until = monotonic() + ARRIVE_SECONDS
        """When it is closed if it is still in the present state."""
        self.is_watched = False
        """Whether the loop waits for its network."""
        self.stays_open = False

    def send(self) -> None:
        """Send the response; raises BlockingIOError when the network takes no more of it now."""
        leaving = self.memory.leaving
        while leaving:
            del leaving[: self.network.send(leaving)]


class BufferingWorker(ThreadWorker):
    """gunicorn's threads, with all of the network in the loop."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._visits: dict[_Visit, None] = {}
        """Those that no thread works on, the oldest first."""
        self._next_look = monotonic()
        self._in_threads = 0
        """Requests that threads work on, or that wait for one."""

    # A visit begins

    def accept(self, listener: socket.socket) -> None:
        """Accept a connection, and read what it has already sent."""
        try:
            network, client = listener.accept()
        except OSError as fault:
            if fault.errno not in _NOT_NOW:
                raise
            self._close_oldest(when=fault.errno in _NO_FILES)
            return
        network.settimeout(0)
        self.nr_conns += 1
        self._close_oldest(when=self.nr_conns >= self.worker_connections)
        visit = _Visit(self.cfg, network, client, listener.getsockname())
        self._visits[visit] = None
        self._receive(visit)

    @override
    def set_accept_enabled(self, enabled: bool) -> None:
        """Accept connections only while a thread is free: another process may have one."""
        super().set_accept_enabled(enabled and self._in_threads < self.cfg.threads)

    def _close_oldest(self, *, when: bool) -> None:
        """When connections run out, close the one that has waited for its visitor the longest."""
        if when and self._visits:
            self._close(next(iter(self._visits)))

    def _receive(self, visit: _Visit) -> None:
        """Read what has arrived, and give a complete request to a thread."""
        data = self._read(visit)
        if data is None:
            return
        memory = visit.memory
        if not memory.arrived:
            visit.until = monotonic() + ARRIVE_SECONDS
        memory.arrived += data
        self._begin_or_wait(visit)

    def _read(self, visit: _Visit) -> bytes | None:
        """Return what has arrived; None when there is nothing, or nothing more will come."""
        try:
            data = visit.network.recv(_EACH)
        except BlockingIOError:
            self._watch(visit, selectors.EVENT_READ, self._receive)
            return None
        except OSError:
            data = b""
        if not data:
            self._close(visit)
            return None
        return data

    def _begin_or_wait(self, visit: _Visit) -> None:
        if not is_complete(visit.memory.arrived):
            self._watch(visit, selectors.EVENT_READ, self._receive)
            return
        self._forget(visit)
        self._in_threads += 1
        self.enqueue_req(visit)
        self.set_accept_enabled(self._accepting)

    # A thread works on it

    def handle(self, conn: _Visit) -> bool:
        """Let a thread work on a request, and send what the network takes at once."""
        keeps = super().handle(conn)
        with suppress(OSError):  # the loop goes on where this stops
            conn.send()
        return keeps

    def finish_request(self, conn: _Visit, fs: "Future[bool]") -> None:
        """Send the response that a thread has written, and keep the connection if it says so."""
        self._in_threads -= 1
        if self.alive:
            for listener in self.sockets:  # before the next request of who is already here
                self.accept(listener)
        keeps = not fs.cancelled() and fs.exception() is None and fs.result()
        conn.stays_open = keeps and not conn.memory.is_exhausted
        conn.until = monotonic() + LEAVE_SECONDS
        self._visits[conn] = None
        self._send(conn)

    def _send(self, visit: _Visit) -> None:
        try:
            visit.send()
        except BlockingIOError:
            self._watch(visit, selectors.EVENT_WRITE, self._send)
        except OSError:
            self._close(visit)
        else:
            if visit.stays_open:
                self._await_next(visit)
            else:
                self._linger(visit)

    def _await_next(self, visit: _Visit) -> None:
        read_ahead = visit.parser.unreader.take_buffered()
        visit.memory.arrived[:0] = read_ahead
        seconds = ARRIVE_SECONDS if visit.memory.arrived else self.cfg.keepalive
        visit.until = monotonic() + (seconds if self.alive else min(seconds, LINGER_SECONDS))
        self._begin_or_wait(visit)

    def _linger(self, visit: _Visit) -> None:
        """Say that nothing more is sent, and wait for the visitor to hang up."""
        visit.until = monotonic() + LINGER_SECONDS
        try:
            visit.network.shutdown(socket.SHUT_WR)
        except OSError:
            self._close(visit)
        else:
            self._watch(visit, selectors.EVENT_READ, self._discard)

    def _discard(self, visit: _Visit) -> None:
        try:
            more = visit.network.recv(_EACH)
        except OSError:
            more = b""
        if not more:
            self._close(visit)

    def is_parent_alive(self) -> bool:
        """End at once if gunicorn's main process was killed: what ran on would hold the port."""
        return super().is_parent_alive() or os._exit(1)

    # What the loop waits for

    def _watch(self, visit: _Visit, events: int, then: Callable[[_Visit], None]) -> None:
        watch = self.poller.modify if visit.is_watched else self.poller.register
        watch(visit.network, events, lambda _network: then(visit))
        visit.is_watched = True

    def _forget(self, visit: _Visit) -> None:
        """Stop waiting for a visitor."""
        if visit.is_watched:
            self.poller.unregister(visit.network)
            visit.is_watched = False
        self._visits.pop(visit, None)

    def _close(self, visit: _Visit) -> None:
        self._forget(visit)
        self.nr_conns -= 1
        visit.network.close()

    # What takes too long

    def murder_keepalived(self, *, force: bool = False) -> None:
        """Once a second, close what takes too long; with `force`, close everything."""
        now = monotonic()
        if now < self._next_look and not force:
            return
        self._next_look = now + 1
        for visit in [visit for visit in self._visits if force or visit.until < now]:
            self._close(visit)
        for visit in self._too_large():
            self._close(visit)

    def _too_large(self) -> Iterator[_Visit]:
        """Yield the largest unfinished requests, until the rest needs no more than `MOST_HELD`."""
        sizes = {visit: len(visit.memory.arrived) for visit in self._visits}
        held = sum(sizes.values())
        for visit in sorted(sizes, key=sizes.__getitem__, reverse=True):
            if held <= MOST_HELD:
                return
            held -= sizes[visit]
            yield visit

    def _cap_keepalive(self, deadline: float) -> None:
        """When stopping, do not wait long for further requests; what is being sent is finished."""
        for visit in self._visits:
            if not visit.memory.leaving:
                visit.until = min(visit.until, deadline)
