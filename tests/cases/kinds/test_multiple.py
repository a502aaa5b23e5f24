"""Every answer that applies: right ticks add, wrong ones take away."""

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd.cases.front import Answer, UnknownOptionError
from cpd.cases.key import StepKey
from cpd.cases.kinds.kind import InvalidAnswerError, InvalidKeyError, StepMark
from cpd.cases.kinds.multiple.key import MultipleOption, build_multiple_key
from cpd.cases.kinds.multiple.kind import multiple
from cpd.cases.scales import CriticalRule, Danger
from tests.cases.samples import WHY, Step, ask_many, ticked

RIGHT = ("fever", "new-signs")
WRONG = ("price", "star-sign")


@pytest.mark.parametrize(
    ("picked", "earned", "danger"),
    [
        pytest.param(RIGHT, "1", Danger.SAFE, id="the exact key"),
        pytest.param(RIGHT[:1], "1/2", Danger.SUBOPTIMAL, id="half of it"),
        pytest.param((*RIGHT, "price"), "1/2", Danger.SUBOPTIMAL, id="one too many"),
        pytest.param(("fever", "price"), "0", Danger.SUBOPTIMAL, id="one right, one wrong"),
        pytest.param((*RIGHT, *WRONG), "0", Danger.SUBOPTIMAL, id="everything"),
        pytest.param(WRONG, "0", Danger.SUBOPTIMAL, id="all wrong, and cannot be negative"),
        pytest.param((), "0", None, id="nothing"),
    ],
)
def test_marks(picked: tuple[str, ...], earned: str, danger: Danger | None) -> None:
    _, key = ask_many(right=RIGHT, wrong=WRONG)
    mark = multiple.mark_answer(key, ticked(*picked))
    assert (mark.earned, mark.danger) == (Fraction(earned), danger)


def test_the_worst_of_what_was_ticked_and_what_was_missed() -> None:
    _, key = ask_many(
        right=RIGHT,
        wrong=WRONG,
        missed={"fever": Danger.CRITICAL},
        dangers={"price": Danger.UNSAFE},
    )
    missed = multiple.mark_answer(key, ticked("new-signs"))
    assert (missed.danger, missed.dangerous_options) == (Danger.CRITICAL, ("fever",))
    wrong = multiple.mark_answer(key, ticked(*RIGHT, *WRONG))
    assert (wrong.danger, wrong.dangerous_options) == (Danger.UNSAFE, ("price",))
    both = multiple.mark_answer(key, ticked("new-signs", "price"))
    assert (both.danger, both.dangerous_options) == (Danger.CRITICAL, ("fever",))
    assert key.option_by_id("fever").critical_rule is CriticalRule.THIS_CASE
    assert key.option_by_id("price").critical_rule is None


def test_a_blank_misses_nothing() -> None:
    _, key = ask_many(missed={"fever": Danger.CRITICAL})
    assert multiple.mark_answer(key, None).danger is None
    assert multiple.mark_answer(key, {}).is_blank


steps = st.builds(
    lambda right, wrong: ask_many(
        right=[f"r{n}" for n in range(right)], wrong=[f"w{n}" for n in range(wrong)]
    ),
    st.integers(1, 6),
    st.integers(1, 6),
)
Marker = Callable[[StepKey, Answer | None], StepMark]


def check_everything_ticked(step: Step, mark: Marker) -> None:
    front, key = step
    assert mark(key, ticked(*front.option_ids)).earned <= 0


@given(steps)
def test_ticking_everything_earns_nothing(step: Step) -> None:
    check_everything_ticked(step, multiple.mark_answer)


def test_control_marks_without_deductions_would_be_found() -> None:
    def lenient(key: StepKey, answer: Answer | None) -> StepMark:
        exact = {"choices": [o for o in (answer or {})["choices"] if key.option_by_id(o).correct]}
        return multiple.mark_answer(key, exact)

    with pytest.raises(AssertionError):
        check_everything_ticked(ask_many(), lenient)


@given(steps, st.data())
def test_marks_stay_in_bounds_and_follow_the_ticks(step: Step, data: st.DataObject) -> None:
    front, key = step
    picked = data.draw(st.sets(st.sampled_from(front.option_ids)))
    earned = multiple.mark_answer(key, ticked(*picked)).earned
    assert 0 <= earned <= 1
    assert (earned == 1) is (picked == set(key.correct_option_ids))
    for option in set(front.option_ids) - picked:
        more = multiple.mark_answer(key, ticked(*picked, option)).earned
        assert more >= earned if key.option_by_id(option).correct else more <= earned


@given(steps, st.data())
def test_the_outcomes_suffice_to_prove(step: Step, data: st.DataObject) -> None:
    # Whatever is ticked, some outcome with the same harm earns at least as much.
    front, _ = step
    dangers = data.draw(st.lists(st.sampled_from(Danger), min_size=2, max_size=2))
    missed, chosen = dangers
    ids = front.option_ids
    right, wrong = [o for o in ids if o[0] == "r"], [o for o in ids if o[0] == "w"]
    _, key = ask_many(
        right=right, wrong=wrong, missed={right[0]: missed}, dangers={wrong[0]: chosen}
    )
    picked = data.draw(st.sets(st.sampled_from(ids), min_size=1))
    mark = multiple.mark_answer(key, ticked(*picked))
    assert mark.danger is not None
    outcomes = [m for _, m in multiple.possible_answers_with_marks(key) if m.danger is not None]
    if mark.danger.could_harm_client and mark.earned:
        assert any(
            m.danger.could_harm_client and m.earned >= mark.earned for m in outcomes if m.danger
        )
    assert max(m.earned for m in outcomes if m.danger is Danger.SAFE) == 1


def test_outcomes_of_a_single_right_option_leave_no_blank_out() -> None:
    _, key = ask_many(right=["a"], wrong=["b"])
    answers = [answer for answer, _ in multiple.possible_answers_with_marks(key)]
    assert answers == [ticked("a"), ticked("a", "b")]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        pytest.param([("a", False, {}), ("b", False, {})], "At least one option", id="none right"),
        pytest.param([("a", True, {}), ("b", True, {})], "must be wrong", id="all right"),
        pytest.param(
            [("a", True, {"danger": Danger.UNSAFE}), ("b", False, {})],
            "choosing it is safe",
            id="a right one is dangerous",
        ),
        pytest.param(
            [("a", True, {}), ("b", False, {"danger_if_missed": Danger.UNSAFE})],
            "leaving it out is safe",
            id="a wrong one is missed",
        ),
    ],
)
def test_keys_that_contradict_the_rules(
    options: list[tuple[str, bool, dict[str, Danger]]], sentence: str
) -> None:
    made = [MultipleOption(name, correct, WHY, **more) for name, correct, more in options]
    with pytest.raises(InvalidKeyError, match=sentence):
        build_multiple_key("check", options=made)


def test_reading_an_answer() -> None:
    step, key = ask_many(right=RIGHT, wrong=WRONG, leads_to="tell")
    assert multiple.parse_answer(step, ["price", "fever"]) == ticked("fever", "price")
    assert multiple.parse_answer(step, []) is None
    assert multiple.parse_answer(step, step.option_ids) == ticked(*step.option_ids)
    assert multiple.chosen_texts(step, ticked("price", "fever")) == [
        "Ask about fever",
        "Ask about price",
    ]
    with pytest.raises(InvalidAnswerError, match="was sent twice"):
        multiple.parse_answer(step, ["fever", "fever"])
    with pytest.raises(InvalidAnswerError, match="not one of the answers"):
        multiple.parse_answer(step, ["fever", "foreign"])
    with pytest.raises(UnknownOptionError):
        multiple.mark_answer(key, ticked("foreign"))
    assert multiple.next_step_id_or_none(step, ticked("price")) == "tell"
    assert multiple.next_step_id_or_none(step, None) is None
    assert multiple.shuffles
