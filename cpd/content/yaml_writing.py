"""Writing values as the YAML of front matter, in the style in which a file has them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cpd.content import yaml_pitfalls
from cpd.content.frontmatter import Fault, Value, parse_yaml

WIDTH = 100
"""The width at which new text is folded."""
STEP = 2
"""How far the keys or items below a key are indented."""
_UNSEEN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")
_KEY = "k"


class SpliceError(ValueError):
    """A value cannot be written at its place; says what is wrong, and what to do."""

    def __init__(self, message: str, remedy: str = "Change it in the text of the file.") -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


@dataclass(frozen=True)
class Style:
    """How a text is written: its first sign, its width, and whether it has several lines."""

    sign: str | None = None
    """`>`, `|`, a quotation mark, nothing for plain text; None for a text that is new."""
    width: int = WIDTH
    has_lines: bool = False
    is_in_flow: bool = False
    """Whether it stands in a list or a mapping on one line, such as `[a, b]`."""


NEW = Style()
NEW_IN_FLOW = Style(is_in_flow=True)


def format_scalar(value: Value, indent: int, style: Style = NEW) -> str:
    """Return a text, number, day or word; further lines of it are indented by so many spaces.

    The style is kept if the value can be written so, and else quotation marks or lines are used.
    """
    if not isinstance(value, str):
        return _format_word(value)
    for sign in _select_signs(value, indent, style):
        written = _write_text(value, sign, indent, style.width)
        if written is not None and _reads_as(written, value, is_in_flow=style.is_in_flow):
            return written
    raise SpliceError("This text has characters that a file cannot hold.", "Remove them.")


def _format_word(value: Value) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def _select_signs(value: str, indent: int, style: Style) -> Iterator[str]:
    """Yield the ways of writing a text, the best first."""
    sign = style.sign
    if sign is None:
        sign = ">" if len(value) + indent > WIDTH else ""
    if "\n" in value:
        keeps_folds = sign == ">" and (style.has_lines or "\n" not in value.rstrip("\n"))
        yield from (() if style.is_in_flow else (">", "|") if keeps_folds else ("|", ">"))
    elif not (style.is_in_flow and sign in ("|", ">")):
        yield sign
    yield '"'


def _write_text(value: str, sign: str, indent: int, width: int) -> str | None:
    if sign == "":
        return value
    if sign == "'":
        return "'" + value.replace("'", "''") + "'"
    if sign == '"':
        quoted = json.dumps(value, ensure_ascii=False)
        return _UNSEEN.sub(lambda found: f"\\u{ord(found.group()):04x}", quoted)
    text = value.removesuffix("\n")
    if text.endswith("\n"):  # would depend on the blank lines that follow
        return None
    lines = fold_lines(text, width - indent) if sign == ">" else text.split("\n")
    head = sign if value.endswith("\n") else f"{sign}-"
    return "\n".join([head, *(f"{' ' * indent}{line}" if line else "" for line in lines)])


def fold_lines(text: str, width: int) -> list[str]:
    """Return the lines of a folded text; each line end in the text becomes an empty line."""
    lines: list[str] = []
    for number, paragraph in enumerate(text.split("\n")):
        if number:
            lines.append("")
        lines.extend(_wrap_words(paragraph, width))
    return lines


def _wrap_words(paragraph: str, width: int) -> Iterator[str]:
    """Yield lines that break at single spaces, and never before what would look like an item."""
    line = ""
    for word in _split_unbroken(paragraph):
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    if line:
        yield line


def _split_unbroken(paragraph: str) -> list[str]:
    """Return the pieces between which a line may break."""
    pieces: list[str] = []
    for word in paragraph.split(" "):
        is_bound = not word or yaml_pitfalls.begins_like_item(f"{word} ")
        if pieces and (is_bound or pieces[-1].endswith(" ") or not pieces[-1]):
            pieces[-1] += f" {word}"
        else:
            pieces.append(word)
    return pieces


def _reads_as(written: str, value: str, *, is_in_flow: bool) -> bool:
    line = f"{_KEY}: [{written}]\n" if is_in_flow else f"{_KEY}: {written}\n"
    read = parse_yaml("", line, is_front=True)
    return not isinstance(read, Fault) and read.data == {_KEY: [value] if is_in_flow else value}


# Lists and mappings


def format_after_key(value: Value, indent: int) -> str:
    """Return what follows `key:`, where the key is indented by so many spaces."""
    if not value or not isinstance(value, list | dict):
        return f" {format_flow(value) if _is_empty(value) else format_scalar(value, indent + STEP)}"
    if isinstance(value, list) and (flow := _format_short_list(value, indent)):
        return f" {flow}"
    return "\n" + " " * (indent + STEP) + _format_block(value, indent + STEP)


def format_after_dash(value: Value, indent: int) -> str:
    """Return what follows the `-` of an item, where that is indented by so many spaces."""
    if isinstance(value, dict) and value:
        return f" {_format_block(value, indent + STEP)}"
    if isinstance(value, list | dict):
        return f" {format_flow(value)}"
    return f" {format_scalar(value, indent + STEP)}"


def format_entry(key: str, value: Value, indent: int) -> str:
    """Return a key with its value."""
    return f"{format_key(key)}:{format_after_key(value, indent)}"


def format_key(key: str) -> str:
    """Return a key, in quotation marks if it needs them."""
    return format_scalar(key, 0, Style(sign="", is_in_flow=True))


def format_flow(value: Value) -> str:
    """Return a value on one line, as it stands in `[a, b]` or `{key: value}`."""
    if isinstance(value, list):
        return f"[{', '.join(map(format_flow, value))}]"
    if isinstance(value, dict):
        pairs = (f"{format_key(key)}: {format_flow(item)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    return format_scalar(value, 0, NEW_IN_FLOW)


def _format_block(value: "list[Value] | dict[str, Value]", indent: int) -> str:
    """Return the entries of a list or a mapping, the first without its indentation."""
    if isinstance(value, dict):
        entries = [format_entry(key, item, indent) for key, item in value.items()]
    else:
        entries = [f"-{format_after_dash(item, indent)}" for item in value]
    return f"\n{' ' * indent}".join(entries)


def _format_short_list(values: "list[Value]", indent: int) -> str:
    """Return a list of single words on one line; empty if it is anything else."""
    if any(isinstance(value, list | dict) or " " in str(value) for value in values):
        return ""
    flow = format_flow(values)
    return flow if len(flow) + indent < WIDTH else ""


def _is_empty(value: Value) -> bool:
    return isinstance(value, list | dict)
