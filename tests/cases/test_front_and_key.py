"""What a case is made of: the order of the scales, and JSON that loses nothing."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd.cases.front import CaseFront, OptionFront, StepFront, UnknownOptionError, UnknownStepError
from cpd.cases.key import CaseKey
from cpd.cases.scales import Basis, Danger, Decision, Difficulty
from cpd.kernel.canonical import encode_json, format_fraction
from tests.cases.samples import CITED, EMERGENCY, POSTPONE, ask_many, ask_one, case, decide

WHOLE = case(
    decide(
        routes={"same_day": "tell", "*": "tell"},
        also={EMERGENCY: CITED},
        raised={POSTPONE: CITED},
        emergency_sign=True,
    ),
    ask_one(routes={"*": "check"}),
    ask_many(missed={"fever": Danger.CRITICAL}),
    minutes=2,
    position=3,
    open=True,
)


def test_the_scales_have_their_own_order() -> None:
    assert sorted(["unsafe", "critical", "safe"], key=Danger) == ["safe", "unsafe", "critical"]
    assert max(Danger) is Danger.CRITICAL
    assert max(str(danger) for danger in Danger) == "unsafe"  # what plain text would have said
    assert Decision.PROCEED < Decision.MODIFY < Decision.POSTPONE
    assert Decision.EMERGENCY > Decision.SAME_DAY
    assert Danger.SAFE <= Danger.SAFE >= Danger.SAFE


def test_a_scale_is_compared_with_itself_only() -> None:
    with pytest.raises(TypeError, match="not on the scale Danger"):
        assert Danger.SAFE < "zebra"
    with pytest.raises(TypeError, match="not on the scale Danger"):
        assert Danger.SAFE < Decision.PROCEED


@pytest.mark.parametrize("decision", Decision)
def test_two_decisions_treat(decision: Decision) -> None:
    assert decision.treats_client is (decision.value in {"proceed", "modify"})


@pytest.mark.parametrize("danger", Danger)
def test_two_dangers_could_harm(danger: Danger) -> None:
    assert danger.could_harm_client is (danger.value in {"unsafe", "critical"})


@pytest.mark.parametrize("basis", Basis)
def test_two_bases_need_a_citation(basis: Basis) -> None:
    assert basis.needs_citation is (basis.value in {"evidence", "guideline"})


def test_a_case_survives_json() -> None:
    front, key = WHOLE
    assert CaseFront.from_json(json.loads(encode_json(front.to_json()))) == front
    assert CaseKey.from_json(json.loads(encode_json(key.to_json()))) == key


def test_an_option_without_fixed_is_loose() -> None:
    assert OptionFront.from_json({"id": "a", "text": "A"}) == OptionFront("a", "A", fixed=False)


def test_the_front_knows_nothing_of_the_key() -> None:
    front, key = WHOLE
    text = json.dumps(front.to_json())
    for option in key.steps[0].options:
        assert option.rationale_html not in text
    assert not {"marks", "danger", "correct", "rationale_html"} & set(front.steps[0].to_json())


def test_what_is_shown_of_a_step_has_no_routes() -> None:
    step = WHOLE[0].first_step
    assert "routes" in step.to_json()
    assert "routes" not in step.to_json_without_routes()
    assert StepFront.from_json({**step.to_json_without_routes(), "routes": {}}) == replace(
        step, routes={}
    )


def test_steps_and_options_are_found_by_name() -> None:
    front, key = WHOLE
    assert front.step_by_id("tell") is front.steps[1]
    assert key.step_by_id("tell") is key.steps[1]
    assert front.first_step.option_by_id("proceed").text == "Go ahead"
    assert key.steps[0].option_by_id("proceed").danger is Danger.CRITICAL
    assert key.steps[1].correct_option_ids == ("right",)
    for owner in (front, key):
        with pytest.raises(UnknownStepError):
            owner.step_by_id("nowhere")
    for step in (front.first_step, key.steps[0]):
        with pytest.raises(UnknownOptionError):
            step.option_by_id("nothing")


def test_fronts_can_be_kept_in_sets() -> None:
    assert len({WHOLE[0], replace(WHOLE[0], difficulty=Difficulty.HARD), WHOLE[0]}) == 2


@given(st.fractions())
def test_fractions_are_written_one_way(value: Fraction) -> None:
    assert Fraction(format_fraction(value)) == value
    assert "/" in format_fraction(value)
