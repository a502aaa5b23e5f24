"""What reviewers of this site must have signed before a course may earn credit."""

import pytest

from cpd.cases.mark_table import MARK_TABLE, load_mark_table_hash
from cpd.courses.rules.reviewing import ReviewCount, build_review_count, list_texts_to_review

MARKS = (MARK_TABLE, load_mark_table_hash())
CASE, CARD = ("case:mina", "a" * 64), ("hazard:clot", "b" * 64)
TEXTS = list_texts_to_review(
    [("case", "mina", "a" * 64), ("hazard", "clot", "b" * 64), ("section", "one", "c" * 64)]
)


def test_decisions_rest_on_cases_cards_lists_and_the_marks() -> None:
    assert {CASE, CARD, MARKS} == TEXTS


@pytest.mark.parametrize(
    ("signed", "count"),
    [
        (set(), ReviewCount(1, 1, 2, 2)),
        ({CASE}, ReviewCount(0, 1, 2, 2)),
        ({("case:mina", "0" * 64)}, ReviewCount(1, 1, 2, 2)),
        ({CASE, CARD, MARKS}, ReviewCount(0, 1, 0, 2)),
    ],
)
def test_only_a_signature_under_exactly_this_text_counts(
    signed: set[tuple[str, str]], count: ReviewCount
) -> None:
    found = build_review_count(TEXTS, frozenset(signed))
    assert found == count
    assert found.is_complete is (len(signed) == 3)
