"""What can be granted to one learner, and the terms of the exam that follow."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from cpd.quizzes.rules.eligibility import ExamTerms
from cpd.schools.accommodations.rules.granting import (
    Allowance,
    GrantFault,
    build_exam_terms,
    find_allowance_faults,
    find_extension_faults,
    find_reason_faults,
)
from cpd.schools.assignments.rules.terms import AssignmentTerms, Purpose
from cpd.schools.assignments.rules.windows import Window
from tests.factories.schools import wall

DOUBLE = Allowance(time_factor=Fraction(2))
WINDOW = Window(
    due=wall("2026-11-20T18:00"),
    opens=wall("2026-11-01T08:00"),
    closes=wall("2026-11-25T21:00"),
)
CLOSES = wall("2026-11-25T21:00").instant


@pytest.mark.parametrize(
    ("allowance", "reason", "faults"),
    [
        (DOUBLE, "A letter.", []),
        (Allowance(has_timer=False), "A letter.", []),
        (Allowance(extra_attempts=10), "A letter.", []),
        (Allowance(Fraction(5)), "A letter.", []),
        (Allowance(Fraction(51, 10)), "A letter.", [GrantFault.FACTOR_OUT_OF_RANGE]),
        (Allowance(Fraction(1, 2)), "A letter.", [GrantFault.FACTOR_OUT_OF_RANGE]),
        (Allowance(extra_attempts=11), "A letter.", [GrantFault.TRIES_OUT_OF_RANGE]),
        (Allowance(extra_attempts=-1), "A letter.", [GrantFault.TRIES_OUT_OF_RANGE]),
        (Allowance(), "A letter.", [GrantFault.NOTHING_GRANTED]),
        (DOUBLE, " ", [GrantFault.REASON_MISSING]),
        (DOUBLE, "a" * 400, []),
        (DOUBLE, "a" * 401, [GrantFault.REASON_TOO_LONG]),
    ],
)
def test_an_accommodation_needs_a_reason_and_something(
    allowance: Allowance, reason: str, faults: list[GrantFault]
) -> None:
    assert list(find_allowance_faults(allowance, reason)) == faults


def test_a_later_date_is_later() -> None:
    assert find_extension_faults(WINDOW, wall("2026-11-20T18:01"), "Flu.") == ()
    assert find_extension_faults(WINDOW, WINDOW.due, "") == (
        GrantFault.NOT_LATER,
        GrantFault.REASON_MISSING,
    )
    assert find_reason_faults("Flu.") == ()


def test_terms_without_grants_are_those_of_the_assignment() -> None:
    terms = AssignmentTerms(
        max_attempts=2, pass_mark=Fraction(9, 10), required_sections=("one", "two")
    )
    assert build_exam_terms(WINDOW, terms, Allowance(), until=None) == ExamTerms(
        opens_at=wall("2026-11-01T08:00").instant,
        closes_at=CLOSES,
        max_attempts=2,
        pass_mark=Fraction(9, 10),
        required_sections=("one", "two"),
    )


def test_double_time_moves_the_closing_by_what_it_adds() -> None:
    terms = build_exam_terms(WINDOW, AssignmentTerms(), DOUBLE, until=None)
    assert (terms.multiplier, terms.closes_at) == (Fraction(2), CLOSES)
    assert terms.closing_time(30) == CLOSES + timedelta(minutes=30)


def test_a_later_date_moves_the_closing_only_if_it_is_later() -> None:
    def closing(text: str) -> object:
        until = wall(text)
        return build_exam_terms(WINDOW, AssignmentTerms(), Allowance(), until=until).closes_at

    assert closing("2026-11-22T18:00") == CLOSES
    assert closing("2026-11-30T18:00") == wall("2026-11-30T18:00").instant


def test_nothing_starts_after_a_person_left() -> None:
    left_at = CLOSES - timedelta(days=3)
    open_end = replace(WINDOW, opens=None, closes=None)
    for window in (WINDOW, open_end):
        terms = build_exam_terms(
            window, AssignmentTerms(), Allowance(), until=None, ended_at=left_at
        )
        assert terms.closes_at == left_at
    assert build_exam_terms(open_end, AssignmentTerms(), DOUBLE, until=None).closes_at is None


def test_practice_has_no_exam_and_other_grants_are_handed_on() -> None:
    granted = Allowance(has_timer=False, extra_attempts=2)
    terms = build_exam_terms(WINDOW, AssignmentTerms(Purpose.PRACTICE), granted, until=None)
    assert terms.is_practice_only
    assert (terms.has_timer, terms.extra_attempts) == (False, 2)
