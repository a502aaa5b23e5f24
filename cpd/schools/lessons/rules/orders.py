"""In which order a lesson shows its cases, and how that changes."""

from collections.abc import Collection, Sequence


def choose_cases(
    present: Sequence[str], chosen: Collection[str], offered: Sequence[str]
) -> list[str]:
    """Return the chosen cases: those of the lesson in its order, then new ones as offered."""
    kept = [slug for slug in present if slug in chosen and slug in offered]
    return kept + [slug for slug in offered if slug in chosen and slug not in kept]


def move_case(present: Sequence[str], slug: str, to: int) -> list[str] | None:
    """Return the cases with one of them moved to a place from 1; None if either is not there."""
    if slug not in present or not 1 <= to <= len(present):
        return None
    others = [each for each in present if each != slug]
    return [*others[: to - 1], slug, *others[to - 1 :]]
