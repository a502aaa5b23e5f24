"""The published formulas give the published figures, and nothing is ever rounded up."""

from decimal import Decimal
from fractions import Fraction
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd.credit.rules.authority_file import Unit
from cpd.credit.rules.formulas import FORMULAS, CourseSize, FormulaName
from cpd.credit.rules.units import (
    UnitLength,
    build_unit_length,
    convert_minutes,
    floor_to_hundredth,
    round_down,
)

HOUR = UnitLength(Fraction(60), is_known=True)


def minutes(formula: FormulaName, size: CourseSize) -> Fraction:
    found = FORMULAS[formula].compute(size)
    assert found is not None
    return found


def test_each_name_has_a_formula_that_writes_its_arithmetic() -> None:
    assert set(FORMULAS) == set(get_args(FormulaName))
    size = CourseSize(words=3774, questions=16, media_minutes=Fraction(5, 2))
    assert [formula.describe(size) for formula in FORMULAS.values()] == [
        "3,774 words ÷ 200 a minute + 2.5 minutes of audio and video",
        "3,774 words ÷ 180 a minute + 2.5 minutes of audio and video + 16 questions × 1.85 minutes",
        "0.9 × (−22.3 + 0.00209 × 3,774 words + 2.78 × 16 questions + 15.5 × difficulty ?)",
    ]
    rated = CourseSize(words=0, difficulty=Fraction(3))
    assert FORMULAS["mergener"].describe(rated).endswith("15.5 × difficulty 3)")


@pytest.mark.parametrize(
    ("formula", "size", "expected"),
    [
        pytest.param("ncbtmb", CourseSize(12_000), "60", id="12,000 words are one CE"),
        pytest.param("ncbtmb", CourseSize(0, Fraction(60)), "60", id="so is an hour of video"),
        pytest.param("mergener", CourseSize(0, difficulty=Fraction(1)), "0", id="never below 0"),
        pytest.param("nasba", CourseSize(180, Fraction(7), 2), "11.7", id="NASBA adds three parts"),
    ],
)
def test_what_the_formulas_say_exactly(
    formula: FormulaName, size: CourseSize, expected: str
) -> None:
    assert floor_to_hundredth(minutes(formula, size)) == Decimal(expected)


def test_the_sample_that_aorn_published() -> None:
    """AORN prints 61.94 minutes, to the nearest hundredth; we would show 61.93."""
    sample = CourseSize(3774, questions=16, difficulty=Fraction(5, 2))
    assert abs(minutes("mergener", sample) - Fraction("61.94")) <= Fraction(1, 200)
    assert floor_to_hundredth(minutes("mergener", sample)) == Decimal("61.93")


@pytest.mark.parametrize(
    ("questions", "nasba", "mergener"),
    [
        (0, "0.11", ("0.16", "0.39", "0.63")),
        (10, "0.48", ("0.58", "0.81", "1.04")),
        (20, "0.85", ("1.00", "1.23", "1.46")),
        (40, "1.59", ("1.83", "2.06", "2.29")),
    ],
)
def test_a_thousand_words_by_every_formula(
    questions: int, nasba: str, mergener: tuple[str, ...]
) -> None:
    """The figures of the worked example are rounded to the nearest; ours are never above them."""
    size = CourseSize(1000, questions=questions)
    assert convert_minutes(minutes("ncbtmb", size), HOUR, Fraction(1, 100)) == Decimal("0.08")
    found = [minutes("nasba", size) / 50]
    for difficulty in (2, 3, 4):
        rated = CourseSize(1000, questions=questions, difficulty=Fraction(difficulty))
        found.append(minutes("mergener", rated) / 60)
    for value, expected in zip(found, (nasba, *mergener), strict=True):
        assert abs(value - Fraction(expected)) <= Fraction(1, 200)


def test_without_a_rating_mergener_computes_nothing() -> None:
    assert FORMULAS["mergener"].compute(CourseSize(1000, questions=20)) is None


@pytest.mark.parametrize(
    ("words", "media", "questions", "difficulty"),
    [(-1, 0, 0, None), (0, -1, 0, None), (0, 0, -1, None), (0, 0, 0, 0), (0, 0, 0, 6)],
)
def test_a_size_that_cannot_be_is_refused(
    words: int, media: int, questions: int, difficulty: int | None
) -> None:
    with pytest.raises(ValueError, match=r"does not lie between|no negative size"):
        CourseSize(
            words,
            Fraction(media),
            questions,
            None if difficulty is None else Fraction(difficulty),
        )


steps = st.sampled_from([Fraction(1, 100), Fraction(1, 10), Fraction(1, 4), Fraction(1, 2)])
lengths = st.sampled_from([Fraction(50), Fraction(60), Fraction(120), Fraction(500)])
amounts = st.fractions(min_value=0, max_value=100_000)


@given(amounts, lengths, steps)
def test_nothing_is_ever_rounded_up(value: Fraction, length: Fraction, step: Fraction) -> None:
    units = convert_minutes(value, UnitLength(length, is_known=True), step)
    assert 0 <= Fraction(units) <= value / length
    assert value / length - Fraction(units) < step
    assert Fraction(units) % step == 0
    assert Fraction(floor_to_hundredth(value)) <= value


@given(amounts, amounts, lengths, steps)
def test_more_time_is_never_worth_less(
    value: Fraction, more: Fraction, length: Fraction, step: Fraction
) -> None:
    known = UnitLength(length, is_known=True)
    assert convert_minutes(value, known, step) <= convert_minutes(value + more, known, step)


def test_a_step_finer_than_a_hundredth_still_rounds_down() -> None:
    assert round_down(Fraction(5, 3), Fraction(1, 3)) == Fraction(5, 3)
    assert convert_minutes(Fraction(100), HOUR, Fraction(1, 3)) == Decimal("1.66")


def unit(hours: int | None, hour_minutes: int | None) -> Unit:
    written = {"label": "h", "hours": hours, "hour_minutes": hour_minutes}
    known = {name: value for name, value in written.items() if value is not None}
    return Unit.model_validate({"text": "It counts hours.", "sources": ["rule"], **known})


@pytest.mark.parametrize(
    ("of", "length"),
    [
        pytest.param(unit(1, 50), UnitLength(Fraction(50), is_known=True), id="50 minutes"),
        pytest.param(unit(10, 50), UnitLength(Fraction(500), is_known=True), id="a CEU"),
        pytest.param(
            unit(2, None), UnitLength(Fraction(120), is_known=False), id="the longest hour"
        ),
        pytest.param(unit(None, None), None, id="points"),
        pytest.param(None, None, id="unknown"),
    ],
)
def test_how_long_a_unit_is(of: Unit | None, length: UnitLength | None) -> None:
    assert build_unit_length(of) == length
