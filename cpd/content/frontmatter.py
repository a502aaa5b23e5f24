"""Parsing front matter and YAML into plain data with line numbers; errors come back as faults.

The YAML is a plain subset: mappings, lists and scalars. `true` and `false` are the only booleans,
whole numbers the only numbers, ISO days the only dates; `on`, `no` and `1/2` stay text. Anchors,
aliases, tags, repeated keys and anything nested deeper than 12 levels are refused.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, TypeAlias

import yaml

from cpd.content import yaml_pitfalls
from cpd.content.yaml_errors import RETYPE, describe_unseen_space, explain_yaml_error

MAX_BYTES = 64 * 1024
"""The largest content file."""
MAX_DEPTH = 12
_NEEDLE_WORDS = 20
"""How many words at the end of a piece of text are used to find that end."""

Value: TypeAlias = "str | int | bool | date | list[Value] | dict[str, Value] | None"
Path: TypeAlias = tuple[str | int, ...]

LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
FENCE = "---"
"""The line before the keys and after them."""
_ALMOST_FENCE = re.compile(r"\s*(?:-{2,}|[\u2010-\u2015]+|\.{3}|…|\+{3})\s*")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufeff]")
_WORDS: dict[str, Value] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True, order=True)
class Fault:
    """An error in a file: where, what, and what to do about it."""

    file: str
    line: int
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message} — {self.remedy}"


class Place(NamedTuple):
    """The position of a value: the line of its key and the first line of its text."""

    line: int
    text_line: int


@dataclass(frozen=True)
class Places:
    """The lines of every value of one file, found by path, such as ("steps", 0, "prompt")."""

    file: str
    by_path: dict[Path, Place] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    """The lines of the whole file."""

    def locate_nearest_path(self, path: Path) -> Path:
        """Return the longest part of the path that is in the file, skipping missing parts."""
        nearest: Path = ()
        for part in path:
            if (*nearest, part) in self.by_path:
                nearest = (*nearest, part)
        return nearest

    def locate_line(self, path: Path) -> int:
        """Return the line of a value, or of what should contain it when it is missing."""
        nearest = self.locate_nearest_path(path)
        return self.by_path[nearest].line if nearest in self.by_path else 1

    def locate_line_of_text(self, path: Path, needle: str) -> int:
        """Return the line of a piece of a text value, or else the line of its key."""
        place = self.by_path.get(path)
        if place is None:
            return self.locate_line(path)
        return self.locate_last_line_of_text(needle, place.text_line) or place.line

    def locate_last_line_of_text(self, needle: str, first_line: int) -> int | None:
        """Return the line on which a piece of text ends, searching from one line on.

        Spaces, line ends and quotation markers may differ. If the whole piece is not found, its
        last line is enough.
        """
        text = "\n".join(self.lines[first_line - 1 :])
        for piece in (needle, needle.rpartition("\n")[2]):
            words = [re.escape(word) for word in piece.split()[-_NEEDLE_WORDS:]]
            match = re.search(r"[\s>]+".join(words), text, re.IGNORECASE) if words else None
            if match:
                return first_line + text.count("\n", 0, match.end())
        return None


@dataclass(frozen=True)
class FrontMatter:
    """A parsed content file: its data, its Markdown body, and the lines of both."""

    data: dict[str, Value]
    places: Places
    body: str = ""
    body_line: int = 1

    def locate_line_in_body(self, needle: str) -> int:
        """Return the line of a piece of the body, or else the first line of the body."""
        return self.places.locate_last_line_of_text(needle, self.body_line) or self.body_line


class _RefusedError(Exception):
    """Carries a fault out of the recursion below."""

    def __init__(self, line: int, message: str, remedy: str) -> None:
        super().__init__(message)
        self.line, self.message, self.remedy = line, message, remedy


def decode_file(file: str, raw: bytes) -> str | Fault:
    """Return the text of a file, or the fault: too large, not UTF-8, control characters."""
    if len(raw) > MAX_BYTES:
        return Fault(
            file,
            1,
            f"The file has {len(raw):,} bytes; {MAX_BYTES:,} are allowed.",
            "Split it into two files.",
        )
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return Fault(file, line, "The file is not UTF-8 text.", "Save it again as UTF-8.")
    strange = _CONTROL.search(text)
    if strange:
        line = text.count("\n", 0, strange.start()) + 1
        name = f"U+{ord(strange.group()):04X}"
        remedy = "Remove it."
        if strange.group() == "\r":
            remedy = "Save the file with Unix line endings (LF)."
        if strange.start() == 0 and strange.group() == "\ufeff":
            message = "The file begins with an invisible mark (a byte order mark)."
            return Fault(file, 1, message, "Save it as UTF-8 without BOM.")
        return Fault(file, line, f"The file has the control character {name}.", remedy)
    return text


def parse_front_matter(file: str, text: str) -> FrontMatter | Fault:
    """Split a file into front matter between `---` lines and a Markdown body."""
    lines = text.split("\n")
    if lines[0] != FENCE:
        remedy = "Begin the file with a line '---', then keys, then '---' again."
        message = "The file does not begin with its keys."
        return _find_almost_fence(file, lines[:1], 1) or Fault(file, 1, message, remedy)
    try:
        end = lines.index(FENCE, 1)
    except ValueError:
        remedy = "Put a line '---' between the keys and the text."
        message = "The keys do not end."
        return _find_almost_fence(file, lines[1:], 2) or Fault(file, 1, message, remedy)
    parsed = parse_yaml(file, "\n".join(lines[1:end]) + "\n", first_line=2, is_front=True)
    if isinstance(parsed, Fault):
        return parsed
    places = Places(file, parsed.places.by_path, tuple(lines))
    return FrontMatter(parsed.data, places, "\n".join(lines[end + 1 :]), end + 2)


def _find_almost_fence(file: str, lines: Sequence[str], first_line: int) -> Fault | None:
    """Return the fault of the first line that looks like a line of three hyphens and is not."""
    for number, line in enumerate(lines, first_line):
        if line.rstrip() == FENCE:
            message = "The line '---' has spaces after the hyphens, so it does not count."
            return Fault(file, number, message, "Remove the spaces.")
        if _ALMOST_FENCE.fullmatch(line):
            message = f"The line '{line.strip()}' does not begin or end the keys."
            return Fault(file, number, message, "Write exactly three hyphens: ---.")
    return None


def parse_yaml(
    file: str, text: str, *, first_line: int = 1, is_front: bool = False
) -> FrontMatter | Fault:
    """Parse YAML with a mapping at the top; a list at the top is returned under the key "entries".

    In front matter, a comment may not follow a value. In a ledger it may, because published lines
    stay as they are.
    """
    places: dict[Path, Place] = {}
    if len(text.encode()) > MAX_BYTES:
        return Fault(file, first_line, "The keys are too long.", "Split the file into two.")
    try:
        _refuse_unsafe_yaml(text, is_front=is_front)
        node = yaml.compose(text, Loader=LOADER)
        if isinstance(node, yaml.SequenceNode):
            data: Value = {"entries": _build_data(node, ("entries",), places, first_line)}
        elif node is None or (isinstance(node, yaml.ScalarNode) and node.value == ""):
            data = {}
        else:
            data = _build_data(node, (), places, first_line)
    except _RefusedError as refused:
        return Fault(file, refused.line + first_line, refused.message, refused.remedy)
    except yaml.YAMLError as error:
        explained = explain_yaml_error(error, text.split("\n"))
        return Fault(file, first_line + explained.line, explained.message, explained.remedy)
    if not isinstance(data, dict):
        return Fault(file, first_line, "The keys are missing.", "Write lines of 'key: value'.")
    return FrontMatter(data, Places(file, places, tuple(text.split("\n"))))


def _refuse_unsafe_yaml(text: str, *, is_front: bool) -> None:
    """Refuse anchors, aliases, tags and deep nesting, by events, before anything is built.

    In front matter, also refuse what readers would not see as it was written.
    """
    depth = 0
    lines = text.split("\n")
    unseen = None
    for event in yaml.parse(text, Loader=LOADER):
        line = event.start_mark.line if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _RefusedError(
                line,
                "Anchors (&) and aliases (*) are not allowed.",
                "Write it out, or put text that begins so in quotation marks.",
            )
        if getattr(event, "tag", None) is not None:
            raise _RefusedError(
                line, "Tags (!) are not allowed.", "Write the value in quotation marks."
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise _RefusedError(line, "The keys are nested too deeply.", "Use fewer levels.")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif is_front and isinstance(event, yaml.ScalarEvent):
            unseen = unseen or yaml_pitfalls.find_folded_list(lines, event)
    unseen = unseen or (yaml_pitfalls.find_hidden_comment(text, LOADER) if is_front else None)
    if unseen:
        raise _RefusedError(*unseen)


def _build_data(node: yaml.Node, path: Path, places: dict[Path, Place], first_line: int) -> Value:
    if path not in places:
        places[path] = _build_place(node, node.start_mark.line, first_line)
    if isinstance(node, yaml.MappingNode):
        made: dict[str, Value] = {}
        for key_node, value_node in node.value:
            key = _parse_key(key_node)
            if key in made:
                line = key_node.start_mark.line
                raise _RefusedError(line, f"'{key}' is written twice.", "Keep one of the two.")
            here = (*path, key)
            places[here] = _build_place(value_node, key_node.start_mark.line, first_line)
            made[key] = _build_data(value_node, here, places, first_line)
        return made
    if isinstance(node, yaml.SequenceNode):
        return [
            _build_data(item, (*path, position), places, first_line)
            for position, item in enumerate(node.value)
        ]
    return _parse_scalar(node)


def _build_place(node: yaml.Node, key_line: int, first_line: int) -> Place:
    return Place(key_line + first_line, node.start_mark.line + first_line)


def _parse_key(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise _RefusedError(node.start_mark.line, "A key must be one word.", "Write 'key: value'.")
    key = str(node.value)
    if (space := describe_unseen_space(key)) is not None:
        message = f"There is {space} before '{key.strip()}'."
        raise _RefusedError(node.start_mark.line, message, RETYPE)
    return key


def _parse_scalar(node: yaml.Node) -> Value:
    text = str(node.value)
    strange = _CONTROL.search(text)
    if strange:  # an escape in quotation marks can produce what the file itself may not contain
        line, name = node.start_mark.line, f"U+{ord(strange.group()):04X}"
        raise _RefusedError(line, f"The value has the control character {name}.", "Remove it.")
    if getattr(node, "style", None):  # written as a block or in quotation marks
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            line = node.start_mark.line
            raise _RefusedError(line, f"{text} is not a calendar date.", "Correct it.") from None
    return text
