"""The renderer process: reads Markdown from a pipe, writes safe HTML to another, until it ends.

A request is a frame with the Markdown; the reply is the JSON of `Rendered`. The process holds no
settings and no secrets; the process that started it kills it when a document takes too long.
"""

import json
import resource
import select
import sys
from typing import BinaryIO

from cpd.content import country_tokens
from cpd.content.dialect import build_markdown_reader
from cpd.content.document import Findings, Problem, Rendered
from cpd.content.frames import read_frame, write_frame
from cpd.content.missing_words import find_missing_words
from cpd.content.readability import count_words
from cpd.content.sanitize import sanitize_html

READY = b"ready"
IDLE_SECONDS = 300
"""After this long without a request the process ends; the next document starts a new one."""
MEMORY_BYTES = 512 * 1024 * 1024

_findings = Findings()
_reader = build_markdown_reader(_findings)


def convert_markdown(markdown: str) -> Rendered:
    """Turn one document into safe HTML, in this process and without a time limit."""
    _findings.clear()
    try:
        written = _reader.reset().convert(markdown)
    except (RecursionError, MemoryError):
        too_deep = Problem("The text is nested too deeply.", "Use fewer levels.")
        return Rendered(problems=(too_deep,), was_stopped=True)
    html = sanitize_html(written)
    if not _findings.problems and (
        left_out := find_missing_words(markdown, html, _findings.consumed)
    ):
        _findings.problems.append(left_out)
    if not _findings.problems and (left := country_tokens.WRITTEN.search(html)):
        _findings.note_problem(
            f"'{left[0]}' would be shown as written.",
            "Tokens stand in plain text only: not in code, explanations, blanks or checkboxes.",
            left[0],
        )
    return Rendered(
        html=html,
        words=count_words(html),
        headings=tuple(_findings.headings),
        cites=tuple(_findings.cites),
        links=tuple(_findings.links),
        blanks=tuple(_findings.blanks),
        problems=tuple(_findings.problems),
    )


def serve_requests(requests: BinaryIO, replies: BinaryIO, *, idle_seconds: float) -> None:
    """Answer requests one by one until the other side closes or stays idle."""
    write_frame(replies, READY)
    while select.select([requests], [], [], idle_seconds)[0]:
        request = read_frame(requests)
        if request is None:
            return
        reply = convert_markdown(request.decode())
        write_frame(replies, json.dumps(reply.to_json()).encode())


def limit_memory() -> None:
    """Let the system end this process before it uses up the memory of the machine."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def main() -> None:
    """Serve standard input and output."""
    limit_memory()
    serve_requests(sys.stdin.buffer, sys.stdout.buffer, idle_seconds=IDLE_SECONDS)


if __name__ == "__main__":  # runs in the renderer process
    main()
