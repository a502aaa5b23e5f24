"""What YAML silently drops or joins: comments after values, and lists in folded text."""

import re
from itertools import pairwise
from typing import NamedTuple

import yaml

_COMMENT = re.compile(r"[ \t]*#")
_MAY_HIDE = re.compile(r"[^\w\n]#")
"""A # that may begin a comment after a value; most files have none."""
_HEAD = re.compile(r"[|>][-+0-9]*")
_ITEM = re.compile(r"(?:[-*+•]|\d{1,3}[.)])\s|\||!!!|#{2,}\s")


class Pitfall(NamedTuple):
    """Something YAML would drop or join: its line (from 0), what would happen, and the remedy."""

    line: int
    message: str
    remedy: str


def begins_like_item(line: str) -> bool:
    """Tell whether a line begins like a list item, a table row or a heading."""
    return _ITEM.match(line) is not None


def find_hidden_comment(text: str, loader: type) -> Pitfall | None:
    """Return the first comment after a value, which may be meant as part of the value."""
    if not _MAY_HIDE.search(text):
        return None
    lines = text.split("\n")
    ends: dict[int, int] = {}
    for token in yaml.scan(text, Loader=loader):
        start, end = token.start_mark, token.end_mark
        if getattr(token, "style", None) in ("|", ">"):
            head = _HEAD.match(lines[start.line], start.column)
            ends[start.line] = head.end() if head else start.column
        elif end.column > ends.get(end.line, 0):
            ends[end.line] = end.column
    for number, behind in sorted(ends.items()):
        if _COMMENT.match(lines[number], behind):
            return Pitfall(
                number,
                f"'{lines[number][behind:].strip()}' would be left out: # begins a comment here.",
                "Put the value in quotation marks, or move the comment to its own line.",
            )
    return None


def find_folded_list(lines: list[str], value: yaml.ScalarEvent) -> Pitfall | None:
    """Return the first list item or table row in a place where YAML joins the lines."""
    start, end = value.start_mark, value.end_mark
    if start is None or end is None or start.line == end.line or value.style == "|":
        return None
    is_block = value.style == ">"
    first, last = start.line + is_block, end.line + (not is_block)
    for number, (above, line) in enumerate(pairwise(lines[first:last]), first + 1):
        is_joined = above.strip() and (not is_block or _count_indent(above) == _count_indent(line))
        if is_joined and begins_like_item(line.lstrip()):
            return Pitfall(
                number,
                f"'{line.strip()}' would run into the line above it: YAML joins these lines.",
                "Begin the value with | instead of >- or a quotation mark, to keep the lines.",
            )
    return None


def _count_indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
