"""Answers of many people, added up."""

from fractions import Fraction

from cpd.evaluations.rules.questions import CLEAR, UNBIASED, Tally, build_tallies, shown_count


def test_a_mean_is_of_those_who_answered() -> None:
    found = build_tallies(
        [(CLEAR, 5, 2), (UNBIASED, 1, 3), (CLEAR, 2, 1), (UNBIASED, 0, 1), (CLEAR, 1, 0)]
    )
    assert found[CLEAR] == Tally({5: 2, 2: 1})
    assert (found[CLEAR].answer_count, found[CLEAR].mean) == (3, Fraction(4))
    assert found[UNBIASED].mean == Fraction(3, 4)
    assert Tally().mean is None


def test_answers_are_shown_in_whole_groups() -> None:
    assert [shown_count(count) for count in (0, 4, 5, 9, 10)] == [0, 0, 5, 5, 10]
