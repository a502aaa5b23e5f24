"""One answer from a list."""

from fractions import Fraction

import pytest

from cpd.cases.kinds.kind import InvalidAnswerError, InvalidKeyError, Rationale
from cpd.cases.kinds.single.key import SingleOption, build_single_key
from cpd.cases.kinds.single.kind import single
from cpd.cases.scales import Basis, CriticalRule, Danger
from tests.cases.samples import WHY, ask_one, chose

HALF = Fraction(1, 2)


def test_marks_and_dangers() -> None:
    key = build_single_key(
        "tell",
        options=[
            SingleOption("right", correct=True, rationale=WHY),
            SingleOption("nearly", correct=False, rationale=WHY, marks=HALF),
            SingleOption("slow", correct=False, rationale=WHY),
            SingleOption("deadly", correct=False, rationale=WHY, danger=Danger.CRITICAL),
            SingleOption("polite", correct=False, rationale=WHY, danger=Danger.SAFE, marks=HALF),
        ],
        say="I will ring your nurse.",
    )
    marks = {option.id: single.mark_answer(key, chose(option.id)) for option in key.options}
    assert {name: (mark.earned, mark.danger) for name, mark in marks.items()} == {
        "right": (1, Danger.SAFE),
        "nearly": (HALF, Danger.SUBOPTIMAL),
        "slow": (0, Danger.SUBOPTIMAL),
        "deadly": (0, Danger.CRITICAL),
        "polite": (HALF, Danger.SAFE),
    }
    assert key.option_by_id("deadly").critical_rule is CriticalRule.THIS_CASE
    assert key.option_by_id("slow").critical_rule is None
    assert key.option_by_id("slow").reviewer == "awaiting review"
    assert key.say


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        pytest.param([("a", False, {})], "Exactly one", id="none correct"),
        pytest.param([("a", True, {}), ("b", True, {})], "Exactly one", id="two correct"),
        pytest.param([("a", True, {"marks": HALF})], "full marks", id="half for the right one"),
        pytest.param([("a", True, {"danger": Danger.UNSAFE})], "it is safe", id="right, unsafe"),
        pytest.param(
            [("a", True, {}), ("b", False, {"marks": Fraction(1)})], "below 1", id="wrong, full"
        ),
        pytest.param(
            [("a", True, {}), ("b", False, {"marks": Fraction(-1)})], "at least 0", id="below 0"
        ),
        pytest.param(
            [("a", True, {}), ("b", False, {"marks": HALF, "danger": Danger.UNSAFE})],
            "earns nothing",
            id="marks for harm",
        ),
    ],
)
def test_keys_that_contradict_the_rules(
    options: list[tuple[str, bool, dict[str, object]]], sentence: str
) -> None:
    made = [
        SingleOption(name, correct=correct, rationale=WHY, **more)  # type: ignore[arg-type]
        for name, correct, more in options
    ]
    with pytest.raises(InvalidKeyError, match=sentence):
        build_single_key("tell", options=made)


def test_the_right_one_may_say_that_it_is() -> None:
    right = SingleOption("a", correct=True, rationale=WHY, marks=Fraction(1), danger=Danger.SAFE)
    assert build_single_key("tell", options=[right]).correct_option_ids == ("a",)


def test_every_rationale_is_looked_at() -> None:
    empty = Rationale("", Basis.HOUSE_RULE)
    with pytest.raises(InvalidKeyError, match="Option a has no rationale"):
        build_single_key("tell", options=[SingleOption("a", correct=True, rationale=empty)])


def test_reading_an_answer() -> None:
    step, _ = ask_one()
    assert single.parse_answer(step, ["right"]) == {"choice": "right"}
    assert single.chosen_texts(step, chose("right")) == ["The right one"]
    with pytest.raises(InvalidAnswerError, match="Choose one answer"):
        single.parse_answer(step, [])
    with pytest.raises(InvalidAnswerError, match="not one of the answers"):
        single.parse_answer(step, ["another"])
    assert single.shuffles
