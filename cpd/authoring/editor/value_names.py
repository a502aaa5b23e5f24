"""What a value of a file is called away from its form: the step, the answer, the question."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from flask_babel import LazyString
from flask_babel import gettext as _

from cpd.authoring.editor import labels
from cpd.authoring.editor.field_tree import Group, Question
from cpd.cases.labels import DECISIONS

Name: TypeAlias = LazyString | str
_SAYING = ("text", "title", "term", "name", "sign")
"""Keys whose values name an item better than its id."""
_LONGEST = 60


def name_group(type_: str, group: Group) -> Name | None:
    """Return what a group is called; None for a list, whose items are called by their own names."""
    if group.position is not None:
        return _name_item(group)
    if group.path and group.path[-1] in DECISIONS:
        return _name_answer(str(DECISIONS[str(group.path[-1])].words))
    is_list = bool(group.models) or (bool(group.parts) and group.path[-1:] == ("options",))
    return None if is_list else labels.find_wording(type_, group).label


def _name_item(item: Group) -> Name:
    if item.path[:-1] == ("steps",):
        return str(_("Step %(number)s", number=(item.position or 0) + 1))
    texts = {str(part.key): part.text for part in item.parts if isinstance(part, Question)}
    said = next((texts[key] for key in _SAYING if texts.get(key)), item.own_name)
    return _name_answer(said) if item.path[-2:-1] == ("options",) else shorten(said)


def _name_answer(words: str) -> Name:
    return str(_("the answer “%(words)s”", words=shorten(words)))  # lazy text is never escaped


def shorten(words: str) -> str:
    """Return the beginning of a text that would be too long for a name."""
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST].rstrip()} …"


def iterate_named_questions(
    type_: str, group: Group, around: Sequence[Name] = ()
) -> Iterator[tuple[Question, str]]:
    """Yield every question of a file with what it is called."""
    for part in group.parts:
        if isinstance(part, Question):
            name = ", ".join(map(str, around))
            label = labels.find_wording(type_, part).label
            yield part, f"{name}: {label}" if name else str(label)
        else:
            own = name_group(type_, part)
            inner = (*around, own) if own is not None else around
            yield from iterate_named_questions(type_, part, inner)
