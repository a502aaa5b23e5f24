"""Where each value of a file with front matter stands, to the character."""

import re
from dataclasses import dataclass
from typing import Any

import yaml

from cpd.content.frontmatter import FENCE, LOADER, Path, Value
from cpd.content.yaml_writing import STEP, WIDTH, SpliceError, Style, fold_lines

START = len(FENCE) + 1
"""Where the keys begin."""
_BLOCK = ("|", ">")
_BLANK_LINES = re.compile(r"(?:\n *)+\Z")
_COMMENT = re.compile(r" *#")


@dataclass(frozen=True)
class MappedFile:
    """The text of a file, its data, and the nodes that YAML found in it."""

    text: str
    data: dict[str, Value]
    root: Any
    """The node of all keys; None if there is no key."""

    @classmethod
    def from_text(cls, text: str, data: dict[str, Value]) -> "MappedFile":
        """Map a text that was parsed without a fault."""
        lines = text.split("\n")
        front = "\n".join(lines[1 : lines.index(FENCE, 1)]) + "\n"
        return cls(text, data, yaml.compose(front, Loader=LOADER) if data else None)

    def has_value(self, path: Path) -> bool:
        """Return whether there is a value at a path."""
        try:
            self.read_value(path)
        except LookupError:
            return False
        return True

    def read_value(self, path: Path) -> Value:
        """Return a value; raises LookupError if it is missing."""
        value: Value = self.data
        for part in path:
            value = _take_part(value, part)
        return value

    def find_node(self, path: Path) -> Any:
        """Return the node of a value that is there."""
        node = self.root
        for part in path:
            node = node.value[part] if isinstance(part, int) else self._pair(node, part)[1]
        return node

    def _pair(self, node: Any, key: str) -> Any:
        return next(pair for pair in node.value if pair[0].value == key)

    def span_of_node(self, node: Any) -> tuple[int, int]:
        """Return where a value begins and ends; blank lines and comments after it stay outside."""
        start, end = node.start_mark.index + START, node.end_mark.index + START
        if isinstance(node, yaml.ScalarNode):
            if node.style in _BLOCK:
                end = start + len(_BLANK_LINES.sub("", self.text[start:end]))
        elif not node.flow_style:
            last = node.value[-1]
            end = self.span_of_node(last[1] if isinstance(last, tuple) else last)[1]
        return start, end

    def starts_and_ends(self, path: Path) -> tuple[list[int], list[int]]:
        """Return where each entry of a list or a mapping begins, with its key or `-`, and ends."""
        node = self.find_node(path)
        keys = (
            [(*path, key.value) for key, _ in node.value]
            if isinstance(node, yaml.MappingNode)
            else [(*path, at) for at in range(len(node.value))]
        )
        ends = [self.span_of_node(self.find_node(key))[1] for key in keys]
        return [self.start_of_entry(key) for key in keys], ends

    def start_of_entry(self, path: Path) -> int:
        """Return where a key begins, or the `-` of an item."""
        parent, part = self.find_node(path[:-1]), path[-1]
        if isinstance(part, str):
            return int(self._pair(parent, part)[0].start_mark.index) + START
        start = int(parent.value[part].start_mark.index) + START
        return start if parent.flow_style else self.text.rfind("-", 0, start)

    def column_of_entry(self, path: Path) -> int:
        """Return how far a key or the `-` of an item is indented."""
        start = self.start_of_entry(path)
        return start - self.start_of_line(start)

    def start_of_value(self, path: Path) -> int:
        """Return the place right after the colon of a key or the `-` of an item."""
        if isinstance(path[-1], int):
            return self.start_of_entry(path) + 1
        key = self._pair(self.find_node(path[:-1]), path[-1])[0]
        return self.text.index(":", key.end_mark.index + START) + 1

    def span_to_cut(self, path: Path) -> tuple[int, int]:
        """Return what disappears with one of several entries."""
        parent = self.find_node(path[:-1])
        starts, ends = self.starts_and_ends(path[:-1])
        at = starts.index(self.start_of_entry(path))
        if parent.flow_style:
            return (starts[0], starts[1]) if at == 0 else (ends[at - 1], ends[at])
        if self._begins_line(starts[at]):
            return self.start_of_line(starts[at]), self.end_of_line(ends[at]) + 1
        if "#" in self.text[ends[at] : starts[at + 1]]:
            raise SpliceError("A comment stands between this and what follows.")
        return starts[at], starts[at + 1]

    def spans_of_items(self, path: Path) -> list[tuple[int, int]]:
        """Return where the items of a list may be exchanged; in lines, with comments above them."""
        starts, ends = self.starts_and_ends(path)
        if self.find_node(path).flow_style:
            return list(zip(starts, ends, strict=True))
        if not all(map(self._begins_line, starts)):
            raise SpliceError("The items of this list share a line.")
        return [
            (self._start_with_comments(start), self.end_of_line(end) + 1)
            for start, end in zip(starts, ends, strict=True)
        ]

    def _start_with_comments(self, offset: int) -> int:
        start = self.start_of_line(offset)
        while start > START:
            above = self.start_of_line(start - 1)
            if above < START or not _COMMENT.match(self.text, above):
                break
            start = above
        return start

    def end_with_spaces(self, end: int, piece: str) -> int:
        """Return where to end a place that several lines fill: spaces after it go too."""
        line_end = self.end_of_line(end)
        is_last = not self.text[end:line_end].strip(" ")
        return line_end if "\n" in piece and is_last else end

    def end_of_line(self, offset: int) -> int:
        """Return the end of the line of a place."""
        return self.text.index("\n", offset)

    def start_of_line(self, offset: int) -> int:
        """Return the beginning of the line of a place."""
        return self.text.rfind("\n", 0, offset) + 1

    def _begins_line(self, offset: int) -> bool:
        return not self.text[self.start_of_line(offset) : offset].strip(" ")

    def with_piece(self, start: int, end: int, piece: str) -> str:
        """Return the text with a piece in the place of what stands between two places."""
        return self.text[:start] + piece + self.text[end:]


def _take_part(value: Value, part: str | int) -> Value:
    match value, part:
        case dict(), str():
            return value[part]
        case list(), int():
            return value[part]
    raise LookupError(part)


def read_style(file: MappedFile, path: Path, *, is_in_flow: bool) -> tuple[Style, int]:
    """Return how a text is written, and how far its further lines are indented."""
    node = file.find_node(path)
    indent = (0 if is_in_flow else file.column_of_entry(path)) + STEP
    sign = node.style or ""
    if sign not in _BLOCK:
        return Style(sign, is_in_flow=is_in_flow), indent
    start, end = file.span_of_node(node)
    lines = file.text[start:end].split("\n")[1:]
    indent = next((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), indent)
    return Style(sign, _measure_width(lines, node.value, indent), "\n" in node.value[:-1]), indent


def _measure_width(lines: list[str], value: str, indent: int) -> int:
    """Return the width at which a folded text was wrapped: the usual one, or that of its lines."""
    as_written = [line[indent:] for line in lines]
    if fold_lines(value.removesuffix("\n"), WIDTH - indent) == as_written:
        return WIDTH
    return max(map(len, lines), default=WIDTH)
