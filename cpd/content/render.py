"""Rendering Markdown to safe HTML: once, when a text is saved, in a process that can be killed.

The renderer process starts with the first document and stays warm. If a document overruns its time
limit, the process is killed, the document gets a problem that says so, and a new process renders
the rest of the batch. Nothing here may run inside a write transaction.
"""

import atexit
import json
import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, BinaryIO, cast

import cpd
from cpd.content.document import Problem, Rendered
from cpd.content.frames import HEAD_BYTES, write_frame

MAX_CHARACTERS = 60_000
"""The longest text that is rendered; a section is about a tenth as long."""
SECONDS = 2.0
"""How many seconds one document may take."""
RENDERER = "cpd.content.renderer_process"
"""The module that the process runs; it loads libraries that only it needs."""
_START_SECONDS = 60.0
_CHUNK = 65_536


class RendererOverrunError(Exception):
    """The renderer took too long or died; it has been killed."""


class Renderer:
    """A warm renderer process; safe to share between threads, restarted after a fork."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self.starts = 0
        """How many processes have started, for tests and metrics."""
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def render_documents(self, documents: Sequence[str]) -> list[Rendered]:
        """Render a batch; one result for each document, in order."""
        return [self._render_document(document) for document in documents]

    def close(self) -> None:
        """End the process; the next document starts a new one."""
        with self._lock:
            self._kill_process()

    def _render_document(self, document: str) -> Rendered:
        if len(document) > MAX_CHARACTERS:
            message = f"The text has {len(document):,} characters; {MAX_CHARACTERS:,} are allowed."
            return _build_failed_result(message, "Split it.")
        if not document.strip():
            return Rendered()
        with self._lock:
            try:
                return self._exchange_frames(document.encode())
            except RendererOverrunError:
                self._kill_process()
        return _build_failed_result(
            f"The text could not be rendered: it took more than {self.seconds:g} seconds, "
            "or too much memory.",
            "Look for long runs of brackets, asterisks or > characters, and write them plainly.",
        )

    def _exchange_frames(self, request: bytes) -> Rendered:
        for _ in range(2):  # a process that ended while idle is replaced once
            try:
                process = self._start_process_once()
                write_frame(_narrow_to_pipe(process.stdin), request)
                return Rendered.from_json(
                    json.loads(_read_frame_before_deadline(process, self.seconds))
                )
            except (BrokenPipeError, EOFError):
                self._kill_process()
        raise RendererOverrunError

    def _start_process_once(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell, no input
                [sys.executable, "-P", "-s", "-m", RENDERER],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                env=_build_child_environment(),
                start_new_session=True,  # Ctrl-C in a terminal is for us, not for it
            )
            self.starts += 1
            _read_frame_before_deadline(
                self._process, _START_SECONDS
            )  # it reports that it is ready
        return self._process

    def _kill_process(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                _narrow_to_pipe(pipe).close()

    def drop_process_of_parent(self) -> None:
        """Drop the process after a fork: it belongs to the parent."""
        self._lock = threading.Lock()
        process, self._process = self._process, None
        if process is not None:
            process.returncode = 0  # not ours to wait for
            for pipe in (process.stdin, process.stdout):
                _narrow_to_pipe(pipe).close()


def _build_child_environment() -> dict[str, str]:
    """Return the environment of the renderer, without settings and secrets."""
    inherited = {
        name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ
    }
    return {**inherited, "PYTHONPATH": str(Path(cpd.__path__[0]).parent), "PYTHONUTF8": "1"}


def _narrow_to_pipe(pipe: IO[bytes] | None) -> BinaryIO:
    return cast("BinaryIO", pipe)  # never None: we asked for pipes


def _read_frame_before_deadline(process: subprocess.Popen[bytes], seconds: float) -> bytes:
    """Read one frame; raises RendererOverrunError at the deadline, EOFError if it ended."""
    deadline = time.monotonic() + seconds
    pipe = _narrow_to_pipe(process.stdout)
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        received = b""
        while True:
            size = int.from_bytes(received[:HEAD_BYTES], "big") + HEAD_BYTES
            if len(received) >= max(size, HEAD_BYTES + 1):
                return received[HEAD_BYTES:size]
            left = deadline - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise RendererOverrunError
            part = os.read(pipe.fileno(), _CHUNK)
            if not part:
                raise EOFError
            received += part


def _build_failed_result(message: str, remedy: str) -> Rendered:
    return Rendered(problems=(Problem(message, remedy),), was_stopped=True)


_shared = Renderer()
atexit.register(_shared.close)
os.register_at_fork(after_in_child=_shared.drop_process_of_parent)


def render_markdown(documents: Sequence[str]) -> list[Rendered]:
    """Render a batch of Markdown in this process's warm renderer."""
    return _shared.render_documents(documents)


def close_renderer() -> None:
    """End the warm renderer; the next document starts it again."""
    _shared.close()
