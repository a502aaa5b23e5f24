"""What this provider's own reviewers must have signed before a course may earn credit."""

from collections.abc import Iterable
from dataclasses import dataclass

from cpd.cases.mark_table import MARK_TABLE, load_mark_table_hash

REVIEWED_TYPES = ("case", "hazard", "list")
"""What decisions rest on: cases are answered blind, cards and lists are read."""


@dataclass(frozen=True)
class ReviewCount:
    """How many texts of a version of a course reviewers of this site have signed."""

    cases_to_review: int
    """Cases that nobody has signed here yet."""
    cases: int
    others_to_review: int
    """Safety cards, lists of signs and the marks of decisions."""
    others: int

    @property
    def is_complete(self) -> bool:
        """Whether every text is signed."""
        return not (self.cases_to_review or self.others_to_review)


def list_texts_to_review(parts: Iterable[tuple[str, str, str]]) -> frozenset[tuple[str, str]]:
    """Return the names and hashes of what must be signed; parts come as type, slug and hash."""
    texts = {
        (f"{type_}:{slug}", content_hash)
        for type_, slug, content_hash in parts
        if type_ in REVIEWED_TYPES
    }
    return frozenset(texts | {(MARK_TABLE, load_mark_table_hash())})


def build_review_count(
    texts: frozenset[tuple[str, str]], signed_here: frozenset[tuple[str, str]]
) -> ReviewCount:
    """Count the texts that are signed on this site and those that are not yet."""
    missing = texts - signed_here
    return ReviewCount(
        cases_to_review=_count_cases(missing),
        cases=_count_cases(texts),
        others_to_review=len(missing) - _count_cases(missing),
        others=len(texts) - _count_cases(texts),
    )


def _count_cases(texts: Iterable[tuple[str, str]]) -> int:
    return sum(name.startswith("case:") for name, _hash in texts)
