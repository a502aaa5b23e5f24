import json
import os
import resource
import sys
import threading
from typing import BinaryIO

import pytest

from cpd.content import renderer_process
from cpd.content.document import Rendered
from cpd.content.frames import read_frame, write_frame


def test_frames_come_out_as_they_went_in() -> None:
    read_end, write_end = os.pipe()
    with open(read_end, "rb") as reading, open(write_end, "wb") as writing:  # noqa: PTH123
        write_frame(writing, "Grüße".encode())
        assert read_frame(reading) == "Grüße".encode()
        writing.close()
        assert read_frame(reading) is None


class Served:
    """The renderer's loop in a thread, between two pipes."""

    def __init__(self, *, idle_seconds: float) -> None:
        self._requests_end, to_requests = os.pipe()
        from_replies, self._replies_end = os.pipe()
        self.to: BinaryIO = open(to_requests, "wb")  # noqa: PTH123, SIM115
        self.back: BinaryIO = open(from_replies, "rb")  # noqa: PTH123, SIM115
        self.thread = threading.Thread(target=self._run, args=(idle_seconds,))
        self.thread.start()

    def _run(self, idle_seconds: float) -> None:
        with (
            open(self._requests_end, "rb") as requests,  # noqa: PTH123
            open(self._replies_end, "wb") as replies,  # noqa: PTH123
        ):
            renderer_process.serve_requests(requests, replies, idle_seconds=idle_seconds)

    def close(self) -> None:
        self.to.close()
        self.thread.join()
        self.back.close()


def test_it_says_ready_then_answers_until_the_other_side_closes() -> None:
    served = Served(idle_seconds=60)
    assert read_frame(served.back) == renderer_process.READY
    write_frame(served.to, b"**bold** [@a-1] [x](section:y#z)\n\n## A {#a}\n\n# B")
    reply = read_frame(served.back)
    assert reply is not None
    sent = Rendered.from_json(json.loads(reply))
    assert sent == renderer_process.convert_markdown(
        "**bold** [@a-1] [x](section:y#z)\n\n## A {#a}\n\n# B"
    )
    assert sent.problems
    served.close()


def test_it_ends_when_nobody_asks() -> None:
    served = Served(idle_seconds=0)
    served.thread.join()
    assert read_frame(served.back) == renderer_process.READY
    assert read_frame(served.back) is None
    served.close()


@pytest.mark.parametrize("error", [RecursionError, MemoryError])
def test_what_is_nested_too_deep_is_said(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fail(_text: str) -> str:
        raise error

    monkeypatch.setattr(renderer_process._reader, "convert", fail)
    found = renderer_process.convert_markdown("x")
    assert found.was_stopped
    assert found.problems[0].message == "The text is nested too deeply."


def test_the_process_limits_its_memory_and_serves_standard_streams(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits: list[object] = []
    served: list[object] = []
    monkeypatch.setattr(resource, "setrlimit", lambda *what: limits.append(what))
    monkeypatch.setattr(
        renderer_process, "serve_requests", lambda *streams, **_: served.append(streams)
    )

    class Stream:
        buffer = "bytes"

    monkeypatch.setattr(sys, "stdin", Stream)
    monkeypatch.setattr(sys, "stdout", Stream)
    renderer_process.main()
    assert limits == [(resource.RLIMIT_AS, (renderer_process.MEMORY_BYTES,) * 2)]
    assert served == [("bytes", "bytes")]
