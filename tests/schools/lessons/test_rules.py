"""Codes and tallies."""

import pytest

from cpd.cases.scales import Decision
from cpd.schools.lessons.rules.codes import ALPHABET, LENGTH, build_code, format_code, parse_code
from cpd.schools.lessons.rules.orders import choose_cases, move_case
from cpd.schools.lessons.rules.tallies import Tally, build_tallies, parse_hands


def test_a_code_can_be_typed_as_it_is_read() -> None:
    code = build_code(bytes(range(LENGTH)))
    assert len(code) == LENGTH
    assert parse_code(format_code(code).lower()) == code
    assert parse_code(f" {code[:3]}-{code[3:]}\u00a0") == code
    assert not set("AEIOUYL01S5") & set(ALPHABET)


def test_a_tally_says_how_many_decided_how() -> None:
    rows = [(1, Decision.PROCEED, 1), (1, Decision.EMERGENCY, 2), (3, Decision.MODIFY, 4)]
    tallies = build_tallies(rows)
    assert set(tallies) == {1, 3}
    assert tallies[1].total == 3
    assert tallies[1].share_of(Decision.EMERGENCY) == 66
    assert tallies[1].count_of(Decision.MODIFY) == 0
    assert Tally().share_of(Decision.PROCEED) == 0


@pytest.mark.parametrize(
    ("typed", "count"),
    [("7", 7), (" 12 ", 12), ("", 0), ("-3", 0), ("many", 0), ("٣", 0), ("99999999999999", 999)],
)
def test_hands_are_added_to_what_phones_answered(typed: str, count: int) -> None:
    hands = parse_hands({"postpone": typed})
    both = Tally({Decision.POSTPONE: 2}).with_hands(hands)
    assert both.count_of(Decision.POSTPONE) == 2 + count
    assert both.total == 2 + count


@pytest.mark.parametrize(
    ("present", "chosen", "expected"),
    [
        ("", "ca", "ac"),
        ("cab", "abc", "cab"),
        ("cab", "bcd", "cbd"),
        ("cxa", "xac", "ca"),
        ("c", "", ""),
    ],
)
def test_cases_keep_their_order_and_new_ones_follow(
    present: str, chosen: str, expected: str
) -> None:
    assert choose_cases(present, chosen, "abcd") == list(expected)


@pytest.mark.parametrize(
    ("slug", "to", "expected"),
    [("c", 1, "cab"), ("a", 2, "bac"), ("a", 3, "bca"), ("b", 2, "abc")],
)
def test_a_case_moves_to_a_place(slug: str, to: int, expected: str) -> None:
    assert move_case("abc", slug, to) == list(expected)


@pytest.mark.parametrize(("slug", "to"), [("x", 1), ("a", 0), ("a", 4)])
def test_a_case_moves_nowhere_else(slug: str, to: int) -> None:
    assert move_case("abc", slug, to) is None
