"""What differs between two versions of a course, as its learners read it; safety comes first."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic

from cpd.cases.scales import Decision
from cpd.courses.rules.fronts.parts import HazardFront
from cpd.courses.rules.outline import HazardPart, Outline, Part, PartType


class ChangeKind(StrEnum):
    """What became of a part between two versions.

    Cards are compared by their words, all other parts by their hashes.
    """

    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True)
class ComparedLine:
    """A line of a card in one version.

    Where both versions are shown, the lines that the other one lacks are marked.
    """

    text: str
    is_only_here: bool
    """Whether the other version lacks it."""


@dataclass(frozen=True)
class ComparedSigns:
    """Signs that ask for the same decision, in one version."""

    decision: Decision
    signs: tuple[ComparedLine, ...]


@dataclass(frozen=True)
class ComparedHazardCard:
    """A card in one version, compared with the other."""

    groups: tuple[ComparedSigns, ...]
    advice: Mapping[str, ComparedLine]
    """By name: always the `rule`; `say` and `tell` where they differ."""


@dataclass(frozen=True)
class Change:
    """One part that differs."""

    type: str
    kind: ChangeKind
    part: Part
    """The newer version of it; the last one, where it was removed."""


@dataclass(frozen=True)
class HazardCardChange(Change):
    """A safety card that differs."""

    part: HazardPart
    before: ComparedHazardCard | None = None
    """Both versions of a card that changed; None for one that is new or was removed."""
    now: ComparedHazardCard | None = None


def compare_hazard_cards(
    old: Outline, new: Outline, html: Mapping[int, str]
) -> tuple[HazardCardChange, ...]:
    """Return the safety cards that differ, the most urgent first.

    `html` holds the bodies of `differing_hazard_cards` by revision id. Only cards are compared by
    their words: an older release stored the same card in another form, under another hash.
    """
    changes = [
        _build_hazard_card_change(one)
        for one in _compare_parts_by_hash(old.hazards, new.hazards)
        if one.kind is not ChangeKind.CHANGED
        or _visible_card_content(one.was, html) != _visible_card_content(one.part, html)
    ]
    return tuple(sorted(changes, key=_urgency_sort_key))


def compare_other_parts(old: Outline, new: Outline) -> tuple[Change, ...]:
    """Return what differs in sections, sheets, figures and the glossary, in that order.

    Cases are left out: a title could give away what an exam asks.
    """
    compared: tuple[tuple[str, Collection[Part], Collection[Part]], ...] = (
        ("section", old.sections, new.sections),
        ("tool", old.tools, new.tools),
        ("figure", old.figures, new.figures),
        ("glossary", _part_as_tuple(old.glossary), _part_as_tuple(new.glossary)),
    )
    return tuple(
        Change(type_, one.kind, one.part)
        for type_, before, now in compared
        for one in _compare_parts_by_hash(before, now)
    )


def differing_hazard_cards(old: Outline, new: Outline) -> list[HazardPart]:
    """Return both versions of each card whose hash differs, to compare their bodies."""
    found = _compare_parts_by_hash(old.hazards, new.hazards)
    return [part for one in found if one.kind is ChangeKind.CHANGED for part in (one.was, one.part)]


@dataclass(frozen=True)
class _Difference(Generic[PartType]):
    kind: ChangeKind
    part: PartType
    was: PartType
    """The older version of it; the same as `part` for one that is new or was removed."""


def _compare_parts_by_hash(
    old: Collection[PartType], new: Collection[PartType]
) -> list[_Difference[PartType]]:
    before = {part.slug: part for part in old}
    found = []
    for part in new:
        was = before.pop(part.slug, None)
        if was is None:
            found.append(_Difference(ChangeKind.NEW, part, part))
        elif was.content_hash != part.content_hash:
            found.append(_Difference(ChangeKind.CHANGED, part, was))
    return [*found, *(_Difference(ChangeKind.REMOVED, part, part) for part in before.values())]


def _part_as_tuple(part: Part | None) -> tuple[Part, ...]:
    return () if part is None else (part,)


def _visible_card_content(card: HazardPart, html: Mapping[int, str]) -> Any:
    """Return everything on a card that readers see, for comparison."""
    front = card.front
    advice = (front.rule, front.say, front.tell)
    sources = (front.passage, front.basis, front.references)
    return card.title, front.signs, advice, sources, html[card.revision_id]


def _urgency_sort_key(card: HazardCardChange) -> tuple[bool, int]:
    """Put the most urgent cards first, and removed ones last."""
    return card.kind is ChangeKind.REMOVED, -card.part.front.signs[0].decision.rank


def _build_hazard_card_change(one: _Difference[HazardPart]) -> HazardCardChange:
    if one.kind is not ChangeKind.CHANGED:
        return HazardCardChange("hazard", one.kind, one.part)
    before, now = one.was.front, one.part.front
    compared = (_build_compared_card(before, other=now), _build_compared_card(now, other=before))
    return HazardCardChange("hazard", one.kind, one.part, *compared)


def _build_compared_card(front: HazardFront, *, other: HazardFront) -> ComparedHazardCard:
    known = {group.decision: group.signs for group in other.signs}
    advice = {
        "rule": (front.rule, other.rule),
        "say": (front.say, other.say),
        "tell": (front.tell, other.tell),
    }
    return ComparedHazardCard(
        groups=tuple(
            ComparedSigns(
                group.decision,
                tuple(
                    ComparedLine(sign, sign not in known.get(group.decision, ()))
                    for sign in group.signs
                ),
            )
            for group in front.signs
        ),
        advice={
            name: ComparedLine(here, here != there)
            for name, (here, there) in advice.items()
            if name == "rule" or here != there
        },
    )
