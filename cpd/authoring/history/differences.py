"""What differs between two texts of a course file, in the words of its form and not as YAML."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from cpd.authoring.editor import labels
from cpd.authoring.editor.field_tree import Control, Group, KnownNames, Question
from cpd.authoring.editor.form_pages import EditedFile, parse_edited_file
from cpd.authoring.editor.value_names import name_group

_ON_KEY_SIDE = frozenset(
    {
        *("key", "also", "raise", "correct", "danger", "danger_if_missed", "marks", "leads_to"),
        *("emergency_sign", "clot_suspected", "pass_mark"),
    }
)
"""The keys that decide what an answer is worth and where it leads."""
_IN_WORDS = (Control.CHOICE, Control.YES_NO)
_PIECES = re.compile(r"\s+|\S+")
_BLOCKS = re.compile(r"\n{2,}")


class Mark(StrEnum):
    """Whether a piece of text is in both versions, or in one of them."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Piece:
    """Some words, and the version in which they are."""

    mark: Mark
    text: str


@dataclass(frozen=True)
class ChangedValue:
    """One value that differs."""

    names: Sequence[LazyString | str]
    """What it is, from the outside in: the step, the answer, the question."""
    is_on_key_side: bool
    """Whether it decides what an answer is worth."""
    blocks: Sequence[Sequence[Piece]]
    """The paragraphs that differ, each with the words around what changed."""


@dataclass(frozen=True)
class Differences:
    """Everything that differs between two texts of a file."""

    values: Sequence[ChangedValue]
    is_other_text: bool
    """Whether the texts differ at all, if only in comments or line breaks."""

    @property
    def on_key_side(self) -> list[ChangedValue]:
        """What differs in the right answers, the danger and the marks."""
        return [value for value in self.values if value.is_on_key_side]

    @property
    def in_words(self) -> list[ChangedValue]:
        """What differs in everything else."""
        return [value for value in self.values if not value.is_on_key_side]


@dataclass(frozen=True)
class _Named:
    """A value of a file as text, with what it is called."""

    names: tuple[LazyString | str, ...]
    key: str
    text: str


_Identity: TypeAlias = tuple[str, ...]
"""The keys that lead to a value; an item of a list is in it with its id."""
_Values: TypeAlias = Mapping[_Identity, _Named]


def compare_files(path: str, before: str | None, after: str | None) -> Differences:
    """Return what differs between two texts of a file; None where there is no such file."""
    old, new = (_list_values(path, text or "") for text in (before, after))
    changed = [
        _build_changed_value(old.get(identity), new.get(identity))
        for identity in _merge_in_order(list(old), list(new))
        if _text_of(old.get(identity)) != _text_of(new.get(identity))
    ]
    return Differences(changed, is_other_text=before != after)


def _text_of(value: _Named | None) -> str:
    return value.text if value else ""


def _build_changed_value(old: _Named | None, new: _Named | None) -> ChangedValue:
    named = new or old or _Named((), "", "")
    blocks = compare_texts(_text_of(old), _text_of(new))
    return ChangedValue(named.names, named.key in _ON_KEY_SIDE, blocks)


def _merge_in_order(
    old: list[tuple[str, ...]], new: list[tuple[str, ...]]
) -> Iterator[tuple[str, ...]]:
    """Yield every identity once: those of the newer text in its order, removed ones in between."""
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    known = set(new)
    for _tag, from_old, to_old, from_new, to_new in matcher.get_opcodes():
        yield from (identity for identity in old[from_old:to_old] if identity not in known)
        yield from new[from_new:to_new]


# The values of a file


def _list_values(path: str, text: str) -> _Values:
    """Return the values of a file by what identifies them; the whole text if it has no keys."""
    file = parse_edited_file(path, text)
    if not isinstance(file, EditedFile):
        name = _l("The file")
        return {("file",): _Named((name,), "", text)} if text else {}
    return dict(_walk(file.type_, file.build_tree(KnownNames()), (), ()))


def _walk(
    type_: str, group: Group, at: _Identity, names: tuple[LazyString | str, ...]
) -> Iterator[tuple[_Identity, _Named]]:
    """Yield the values in a group; an item of a list is known by its id, wherever it stands."""
    items = [part for part in group.parts if isinstance(part, Group) and part.position is not None]
    if len(items) > 1:
        order = "\n\n".join(item.own_name for item in items)
        yield (*at, "order"), _Named((*names, _l("Order")), "", order)
    for part in group.parts:
        key = str(part.path[-1]) if part.path else "body"
        if isinstance(part, Question):
            label = labels.find_wording(type_, part).label
            yield (*at, key), _Named((*names, label), key, _describe_answer(part))
            continue
        inner = (part.own_name or key) if part.position is not None else key
        name = name_group(type_, part)
        yield from _walk(type_, part, (*at, inner), (*names, *filter(None, (name,))))


def _describe_answer(question: Question) -> str:
    text = question.text
    return str(labels.label_of_answer(text)) if text and question.control in _IN_WORDS else text


# Words


def compare_texts(before: str, after: str) -> list[list[Piece]]:
    """Return the paragraphs that differ, with each word that was removed or added."""
    old, new = (_BLOCKS.split(text) if text else [] for text in (before, after))
    blocks: list[list[Piece]] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, from_old, to_old, from_new, to_new in matcher.get_opcodes():
        if tag == "equal":
            continue
        removed, added = old[from_old:to_old], new[from_new:to_new]
        if len(removed) == len(added):
            blocks += [_compare_words(*pair) for pair in zip(removed, added, strict=True)]
        else:
            blocks.append(_compare_words("\n\n".join(removed), "\n\n".join(added)))
    return blocks


def _compare_words(before: str, after: str) -> list[Piece]:
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    pieces = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, from_old, to_old, from_new, to_new in matcher.get_opcodes():
        removed, added = "".join(old[from_old:to_old]), "".join(new[from_new:to_new])
        if tag == "equal":
            pieces.append(Piece(Mark.SAME, added))
            continue
        pieces += [
            Piece(mark, text)
            for mark, text in ((Mark.REMOVED, removed), (Mark.ADDED, added))
            if text
        ]
    return pieces
