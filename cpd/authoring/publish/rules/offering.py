"""What a newer release offers to a course edited here: a three-way comparison by document."""

import difflib
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import TypeAlias

Content: TypeAlias = Mapping[str, str]
"""The files of one document by their path: one file, or two for a figure."""
Same: TypeAlias = Callable[[Content, Content], bool]
"""Tells whether two contents mean the same."""


class OfferKind(StrEnum):
    """What a release did to a document, and whether it was edited here too."""

    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"
    CONFLICT = "conflict"


def offer_kind_or_none(
    base: Content | None, here: Content | None, shipped: Content | None, *, same: Same
) -> OfferKind | None:
    """Return what a release offers; None if both are the same, or if only the text here changed.

    The base is the text that was last taken from a release; without it, nobody knows which of the
    two changed.
    """

    def have_equal_content(one: Content | None, other: Content | None) -> bool:
        if one is None or other is None:
            return one is other
        return same(one, other)

    if have_equal_content(here, shipped) or (
        base is not None and have_equal_content(base, shipped)
    ):
        return None
    if base is None and (here is None or shipped is None):
        return OfferKind.NEW if here is None else None
    if not have_equal_content(base, here):
        return OfferKind.CONFLICT
    return OfferKind.GONE if shipped is None else OfferKind.CHANGED


def offer_diff_lines(base: Content, here: Content, shipped: Content) -> Iterator[str]:
    """Yield a unified diff; where both were edited, each is compared with the base."""
    if base and base not in (here, shipped):
        yield from _unified_diff_lines(base, here, "before", "here")
        yield from _unified_diff_lines(base, shipped, "before", "release")
    else:
        yield from _unified_diff_lines(here, shipped, "here", "release")


def _unified_diff_lines(one: Content, other: Content, old: str, new: str) -> Iterator[str]:
    for path in sorted(one.keys() | other.keys()):
        before, after = (content.get(path, "").splitlines() for content in (one, other))
        yield from difflib.unified_diff(
            before, after, f"{old}/{path}", f"{new}/{path}", lineterm=""
        )
