"""What differs between two versions of a course, as its learners read it; safety comes first."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cpd.courses.rules.fronts import URGENCY, signs_of
from cpd.courses.rules.outline import Outline, Part


class Kind(StrEnum):
    """What became of a part."""

    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True)
class Line:
    """A line of a card in one version."""

    text: str
    is_alone: bool
    """Whether the other version does not have it."""


@dataclass(frozen=True)
class Group:
    """Signs that ask for the same decision, in one version."""

    decision: str
    signs: tuple[Line, ...]


@dataclass(frozen=True)
class Side:
    """A card as one version has it."""

    groups: tuple[Group, ...]
    facts: Mapping[str, Line]
    """Its rule, and whatever else differs: `say`, `tell`."""


@dataclass(frozen=True)
class Change:
    """One part that differs."""

    type: str
    kind: Kind
    part: Part
    """As the newer version has it; a removed one as it was."""
    before: Side | None = None
    now: Side | None = None


def changes(old: Outline, new: Outline, html: Mapping[int, str]) -> tuple[Change, ...]:
    """Return what differs in cards, sections, sheets, pictures and glossary, in this order.

    Cases stay out: a title could tell what an exam asks. `html` holds the bodies of cards by their
    revision, because only cards are compared by their words: an older release stored the same card
    in another form, under another hash.
    """
    cards = [
        _with_sides(one)
        for one in _differing("hazard", old.hazards, new.hazards)
        if one.kind is not Kind.CHANGED or _shown(one.was, html) != _shown(one.part, html)
    ]
    return (
        *sorted(cards, key=_by_urgency),
        *(
            Change(one.type, one.kind, one.part)
            for type_, before, now in (
                ("section", old.sections, new.sections),
                ("tool", old.tools, new.tools),
                ("figure", old.figures, new.figures),
                ("glossary", _one(old.glossary), _one(new.glossary)),
            )
            for one in _differing(type_, before, now)
        ),
    )


def cards_that_differ(old: Outline, new: Outline) -> list[Part]:
    """Return both versions of each card whose hash differs: the bodies to be compared."""
    found = _differing("hazard", old.hazards, new.hazards)
    return [part for one in found if one.kind is Kind.CHANGED for part in (one.was, one.part)]


@dataclass(frozen=True)
class _Difference:
    type: str
    kind: Kind
    part: Part
    was: Part
    """As the older version has it; a new one as it is."""


def _differing(type_: str, old: Collection[Part], new: Collection[Part]) -> list[_Difference]:
    before = {part.slug: part for part in old}
    found = []
    for part in new:
        was = before.pop(part.slug, None)
        if was is None:
            found.append(_Difference(type_, Kind.NEW, part, part))
        elif was.content_hash != part.content_hash:
            found.append(_Difference(type_, Kind.CHANGED, part, was))
    return [*found, *(_Difference(type_, Kind.REMOVED, part, part) for part in before.values())]


def _one(part: Part | None) -> tuple[Part, ...]:
    return () if part is None else (part,)


_FACTS = ("rule", "say", "tell")
_COMPARED = (*_FACTS, "passage", "basis", "references")


def _shown(part: Part, html: Mapping[int, str]) -> Any:
    facts = [part.front[name] for name in _COMPARED]
    return part.title, signs_of(part.front), facts, html[part.revision_id]


def _by_urgency(card: Change) -> tuple[bool, int]:
    """Put the most urgent cards first, and those that are gone last."""
    most_urgent = signs_of(card.part.front)[0].decision
    return card.kind is Kind.REMOVED, URGENCY.index(most_urgent)


def _with_sides(one: _Difference) -> Change:
    if one.kind is not Kind.CHANGED:
        return Change(one.type, one.kind, one.part)
    before, now = one.was.front, one.part.front
    sides = (_side(before, other=now), _side(now, other=before))
    return Change(one.type, one.kind, one.part, *sides)


def _side(front: Mapping[str, Any], *, other: Mapping[str, Any]) -> Side:
    known = {group.decision: group.signs for group in signs_of(other)}
    return Side(
        groups=tuple(
            Group(
                group.decision,
                tuple(Line(one, one not in known.get(group.decision, ())) for one in group.signs),
            )
            for group in signs_of(front)
        ),
        facts={
            name: Line(front[name], front[name] != other[name])
            for name in _FACTS
            if name == "rule" or front[name] != other[name]
        },
    )
