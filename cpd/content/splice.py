"""Changing one value of a course file at its place; every other byte stays as it is.

Each function takes the text of a file and returns the new one, which parses as the old one does,
with that one change; where it would not, the function raises SpliceError.
"""

import copy
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import yaml

from cpd.content import yaml_writing as writing
from cpd.content.frontmatter import FENCE, Fault, Path, Value, parse_front_matter
from cpd.content.yaml_places import START, MappedFile, read_style
from cpd.content.yaml_writing import SpliceError

Order: TypeAlias = Callable[[Path], Sequence[str]]
"""Returns the keys that the mapping at a path may have, in the order in which they are written."""


def keep_no_order(_path: Path) -> Sequence[str]:
    """Return no keys, so that a new key comes last."""
    return ()


def read_value(text: str, path: Path) -> Value:
    """Return a value of a file; raises LookupError if it is missing."""
    return _open_file(text).read_value(path)


def set_value(text: str, path: Path, value: Value, *, order: Order = keep_no_order) -> str:
    """Replace a value, or add it together with the keys above it that are missing."""
    file = _open_file(text)
    if file.has_value(path):
        return _change_value(file, path, value, order)
    above, key = path[:-1], path[-1]
    if isinstance(key, int):
        return insert_item(text, above, key, value, order=order)
    if above and not _holds_entries(file, above, dict):
        return set_value(text, above, {key: value}, order=order)
    changed = _insert_key(file, above, key, value, order(above))
    return _refuse_other_changes(changed, file.data, path, value)


def _change_value(file: MappedFile, path: Path, value: Value, order: Order) -> str:
    old = file.read_value(path)
    if _is_same(old, value):
        return file.text
    if isinstance(old, list) and isinstance(value, list) and old and value:
        return _set_items(file.text, path, old, value, order)
    if isinstance(old, dict) and isinstance(value, dict) and old and value:
        return _set_keys(file.text, path, old, value, order)
    return _refuse_other_changes(_replace_node(file, path, value), file.data, path, value)


def remove_value(text: str, path: Path) -> str:
    """Remove a key with its value, or an item of a list."""
    file = _open_file(text)
    if not file.has_value(path):
        raise SpliceError("This is no longer in the file.", "Reload the page.")
    container = file.find_node(path[:-1])
    if len(container.value) == 1:
        if len(path) == 1:
            raise SpliceError("The last key of a file cannot be removed.")
        return set_value(text, path[:-1], {} if isinstance(container, yaml.MappingNode) else [])
    start, end = file.span_to_cut(path)
    expected = copy.deepcopy(file.data)
    del _container_at(expected, path[:-1])[path[-1]]
    return _checked(file.with_piece(start, end, ""), expected)


def insert_item(
    text: str, path: Path, position: int, value: Value, *, order: Order = keep_no_order
) -> str:
    """Add an item to a list, which is made if it is missing."""
    file = _open_file(text)
    if not _holds_entries(file, path, list):
        return set_value(text, path, [value], order=order)
    node = file.find_node(path)
    position = min(position, len(node.value))
    if node.flow_style:
        entry = writing.format_flow(value)
    else:
        entry = f"-{writing.format_after_dash(value, node.start_mark.column)}"
    changed = _add_entry(file, path, position, entry)
    expected = copy.deepcopy(file.data)
    _container_at(expected, path).insert(position, copy.deepcopy(value))
    return _checked(changed, expected)


def move_item(text: str, path: Path, position: int, to: int) -> str:
    """Move an item of a list, together with the comments right above it."""
    file = _open_file(text)
    if not file.has_value((*path, position)):
        raise SpliceError("This is no longer in the file.", "Reload the page.")
    spans = file.spans_of_items(path)
    to = max(0, min(to, len(spans) - 1))
    pieces = [text[start:end] for start, end in spans]
    pieces.insert(to, pieces.pop(position))
    for (start, end), piece in reversed(list(zip(spans, pieces, strict=True))):
        text = text[:start] + piece + text[end:]
    expected = copy.deepcopy(file.data)
    items = _container_at(expected, path)
    items.insert(to, items.pop(position))
    return _checked(text, expected)


def replace_body(text: str, body: str) -> str:
    """Replace the Markdown below the keys."""
    file = _open_file(text)
    lines = text.split("\n")
    head = lines[: lines.index(FENCE, 1) + 1]
    return _checked("\n".join([*head, body]), file.data)


def _set_items(text: str, path: Path, old: list[Value], new: list[Value], order: Order) -> str:
    """Change a list item by item, leaving alone those at both ends that stay."""
    shorter = min(len(old), len(new))
    first = last = 0
    while first < shorter and _is_same(old[first], new[first]):
        first += 1
    while last < shorter - first and _is_same(old[-1 - last], new[-1 - last]):
        last += 1
    replaced = shorter - last
    for at in range(first, replaced):
        text = set_value(text, (*path, at), new[at], order=order)
    for at in range(replaced, len(new) - last):
        text = insert_item(text, path, at, new[at], order=order)
    for _ in range(replaced, len(old) - last):
        text = remove_value(text, (*path, replaced))
    return text


def _set_keys(
    text: str, path: Path, old: dict[str, Value], new: dict[str, Value], order: Order
) -> str:
    """Change a mapping key by key; new keys come first, so that it is never empty."""
    for key, value in new.items():
        text = set_value(text, (*path, key), value, order=order)
    for key in old.keys() - new.keys():
        text = remove_value(text, (*path, key))
    return text


def _replace_node(file: MappedFile, path: Path, value: Value) -> str:
    """Write a value in the place of one, as what it was if both are texts, numbers or words."""
    node = file.find_node(path)
    start, end = file.span_of_node(node)
    is_in_flow = bool(file.find_node(path[:-1]).flow_style)
    if isinstance(node, yaml.ScalarNode) and not isinstance(value, list | dict):
        style, indent = read_style(file, path, is_in_flow=is_in_flow)
        piece = writing.format_scalar(value, indent, style)
        space = " " if start == end else ""
        return file.with_piece(start, file.end_with_spaces(end, piece), space + piece)
    if is_in_flow:
        return file.with_piece(start, end, writing.format_flow(value))
    start = file.start_of_value(path)
    if isinstance(path[-1], int):
        piece = writing.format_after_dash(value, file.column_of_entry(path))
    else:
        piece = writing.format_after_key(value, file.column_of_entry(path))
    return file.with_piece(start, file.end_with_spaces(end, piece), piece)


def _insert_key(file: MappedFile, above: Path, key: str, value: Value, order: Sequence[str]) -> str:
    """Write a key at its place among those that are there, or at their end."""
    if file.root is None:
        return file.with_piece(START, START, writing.format_entry(key, value, 0) + "\n")
    node = file.find_node(above)
    present = [pair[0].value for pair in node.value]
    before = order[: order.index(key)] if key in order else order
    places = [at for at, name in enumerate(present, 1) if name in before]
    position = max(places, default=0) if key in order else len(present)
    if node.flow_style:
        entry = f"{writing.format_key(key)}: {writing.format_flow(value)}"
    else:
        entry = writing.format_entry(key, value, node.start_mark.column)
    return _add_entry(file, above, position, entry)


def _add_entry(file: MappedFile, path: Path, position: int, entry: str) -> str:
    """Write an entry of a list or a mapping that has others, before or after one of them."""
    node = file.find_node(path)
    starts, ends = file.starts_and_ends(path)
    gap = ", " if node.flow_style else f"\n{' ' * node.start_mark.column}"
    if position == 0:
        return file.with_piece(starts[0], starts[0], entry + gap)
    place = ends[position - 1] if node.flow_style else file.end_of_line(ends[position - 1])
    return file.with_piece(place, place, gap + entry)


def _open_file(text: str) -> MappedFile:
    parsed = parse_front_matter("", text)
    if isinstance(parsed, Fault):
        raise SpliceError(parsed.message, parsed.remedy)
    return MappedFile.from_text(text, parsed.data)


def _refuse_other_changes(text: str, data: dict[str, Value], path: Path, value: Value) -> str:
    expected = copy.deepcopy(data)
    _container_at(expected, path[:-1])[path[-1]] = value
    return _checked(text, expected)


def _checked(text: str, expected: dict[str, Value]) -> str:
    """Return a new text; raises SpliceError if it does not say what it should."""
    parsed = parse_front_matter("", text)
    if isinstance(parsed, Fault):
        raise SpliceError(parsed.message, parsed.remedy)
    if not _is_same(parsed.data, expected):
        raise SpliceError("This cannot be changed here without changing something else.")
    return text


def _holds_entries(file: MappedFile, path: Path, type_: type) -> bool:
    """Tell whether a list or mapping has entries; False if nothing is written there.

    Raises SpliceError if something else is, which a new entry would replace.
    """
    value = file.read_value(path) if file.has_value(path) else None
    if value not in (None, [], {}) and not isinstance(value, type_):
        raise SpliceError("The file has something else here, which would be lost.")
    return bool(value)


def _is_same(one: Value, other: Value) -> bool:
    """Compare values; `1` and `true` differ, and the order of keys does not count."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_is_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_is_same, one, other))
    return type(one) is type(other) and one == other


def _container_at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data
