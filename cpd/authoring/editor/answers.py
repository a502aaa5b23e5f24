"""What somebody wrote on the form of a draft, spliced into the text of the file."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import BaseModel

from cpd.authoring.editor import new_steps
from cpd.authoring.editor.field_tree import (
    BODY,
    MISSING,
    YES,
    Control,
    Group,
    Question,
    join_lines,
    parse_path,
)
from cpd.authoring.editor.schema_shapes import keys_of_schema
from cpd.content import splice
from cpd.content.frontmatter import Path, Value
from cpd.content.splice import Order
from cpd.content.yaml_writing import SpliceError

MOST_CHANGES = 200
"""How many answers one save may change: each is checked against the whole file."""
_TOO_MANY = "This is not saved yet, because too much changed at once. Save again."
_WHOLE = re.compile(r"[0-9]{1,9}")
_STEPS = {"up": -1, "down": 1}
_LISTS = (Control.ITEMS, Control.IDS, Control.PICKS)


@dataclass
class Answered:
    """The text with the answers in it, and why some of them are not."""

    text: str
    errors: dict[str, str] = field(default_factory=dict)
    """By the name of the field."""


def write_answers(
    text: str, tree: Group, posted: Mapping[str, Sequence[str]], schema: type[BaseModel]
) -> Answered:
    """Splice every answer that differs from what the file says; the others stay as they are."""
    done = Answered(text)
    changes = 0
    for question in tree.iterate_questions():
        value = _parse_answer(question, posted.get(question.name))
        if value is question.value:
            continue
        changes += 1
        if changes > MOST_CHANGES:
            done.errors[question.name] = _TOO_MANY
            continue
        try:
            done.text = _write_answer(done.text, question, value, schema)
        except SpliceError as refused:
            done.errors[question.name] = f"{refused.message} {refused.remedy}"
    for group in tree.iterate_groups():
        if group.is_optional and group.has_answers:
            done.text = _remove_if_empty(done.text, group.path)
    return done


def _write_answer(text: str, question: Question, value: Any, schema: type[BaseModel]) -> str:
    if not question.is_writable:
        return text
    if question.path == BODY:
        return splice.replace_body(text, value)
    if value is MISSING:
        return splice.remove_value(text, question.path)
    return splice.set_value(text, question.path, value, order=_order_of(schema))


def _order_of(schema: type[BaseModel]) -> Order:
    return lambda path: keys_of_schema(schema, path)


def _remove_if_empty(text: str, path: Path) -> str:
    """Remove an optional mapping or list whose last answer was taken away."""
    try:
        value = splice.read_value(text, path)
    except LookupError:
        return text
    return text if value or value is None else splice.remove_value(text, path)


# Reading what a field sent


def _parse_answer(question: Question, posted: Sequence[str] | None) -> Any:
    """Return the value that a field stands for; the file's own if nobody changed it."""
    if posted is None:
        return question.value
    if question.control in (Control.PICKS, Control.IDS) and len(posted) > 1:  # boxes, and a blank
        return _parse_picks(question, posted)
    sent = posted[0].replace("\r\n", "\n").replace("\r", "\n")
    if question.control in _LISTS:
        return _parse_list(question, sent)
    if question.control is Control.MARKDOWN:
        return _parse_markdown(question, sent)
    sent = join_lines(sent)
    if sent == question.text:
        return question.value
    return _empty_answer(question) if not sent else _parse_word(question.control, sent)


def _parse_word(control: Control, sent: str) -> Value:
    """Return a number, a day, yes or no; anything else stays text, for the checks to explain."""
    if control is Control.YES_NO:
        return sent == YES
    if control in (Control.NUMBER, Control.FRACTION) and _WHOLE.fullmatch(sent):
        return int(sent)
    if control is Control.DAY:
        try:
            return date.fromisoformat(sent)
        except ValueError:
            return sent
    return sent


def _parse_markdown(question: Question, sent: str) -> Any:
    sent = sent.rstrip("\n")
    old = "" if question.value in (MISSING, None) else str(question.value)
    if sent == question.text:
        return question.value
    if question.path == BODY:
        return f"{sent}\n" if sent else ""
    return f"{sent}\n" if sent and old.endswith("\n") else sent or _empty_answer(question)


def _parse_list(question: Question, sent: str) -> Any:
    is_ids = question.control is not Control.ITEMS
    pieces = re.split(r"[,\s]+", sent) if is_ids else sent.split("\n")
    items = [join_lines(piece) for piece in pieces if piece.strip()]
    old = question.value if isinstance(question.value, list) else []
    if items == [join_lines(str(item)) for item in old]:
        return question.value
    as_written = {join_lines(str(item)): item for item in old}
    return [as_written.get(item, item) for item in items] or _empty_list(question)


def _parse_picks(question: Question, posted: Sequence[str]) -> Any:
    old = question.value if isinstance(question.value, list) else []
    chosen = [item for item in posted if item]
    if sorted(chosen) == sorted(map(str, old)):
        return question.value
    kept = [item for item in old if str(item) in chosen]
    added = [item for item in chosen if item not in map(str, old)]
    return [*kept, *added] or _empty_list(question)


def _empty_answer(question: Question) -> Any:
    """Return what an emptied field stands for."""
    if question.default is not MISSING or question.value is MISSING:
        return MISSING
    return None if question.is_nullable else ""


def _empty_list(question: Question) -> Any:
    return MISSING if question.default is not MISSING or question.value is MISSING else []


# Adding, removing and moving items


@dataclass(frozen=True)
class Change:
    """What a button of the form does to a list, and the place on the page to show afterwards."""

    verb: str
    path: Path
    addition: str = ""

    @classmethod
    def from_button(cls, value: str) -> "Change | None":
        """Read a button's value, such as `up:steps.1` or `add:steps:single`; None for any other."""
        verb, _, rest = value.partition(":")
        name, _, addition = rest.partition(":")
        is_known = verb in ("add", "remove", "up", "down") and name
        return cls(verb, parse_path(name), addition) if is_known else None


def find_changes(tree: Group) -> set[Change]:
    """Return everything that the buttons of a form may do."""
    found: set[Change] = set()
    for group in tree.iterate_groups():
        found.update(Change("add", group.path, addition) for addition in group.models)
        if group.position is not None:
            found.add(Change("remove", group.path))
            found.update(
                Change(verb, group.path)
                for verb, is_end in (("up", group.position == 0), ("down", group.is_last))
                if not is_end
            )
    return found


def make_change(text: str, tree: Group, change: Change, schema: type[BaseModel]) -> str:
    """Return the text with an item added, removed or moved; raises SpliceError."""
    order = _order_of(schema)
    if change.verb == "add":
        group = _find_group(tree, change.path)
        return new_steps.add_item(text, group, change.addition, order=order)
    if change.verb == "remove":
        if change.path[:-1] == new_steps.STEPS:
            group = _find_group(tree, new_steps.STEPS)
            text = new_steps.lead_past_step(text, group, int(change.path[-1]), order=order)
        return splice.remove_value(text, change.path)
    position = int(change.path[-1])
    return splice.move_item(text, change.path[:-1], position, position + _STEPS[change.verb])


def _find_group(tree: Group, path: Path) -> Group:
    return next(group for group in tree.iterate_groups() if group.path == path)


def anchor_after_change(tree: Group, change: Change) -> str:
    """Return the id of the group to show after a change."""
    above, last = change.path[:-1], change.path[-1]
    if change.verb == "add":
        return Group((*change.path, len(_find_group(tree, change.path).parts)), ()).id
    if change.verb == "remove":
        return Group(above, ()).id
    return Group((*above, int(last) + _STEPS[change.verb]), ()).id
