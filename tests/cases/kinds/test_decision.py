"""The five decisions: their marks, their dangers, and keys that contradict the rules."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd.cases.front import UnknownOptionError
from cpd.cases.kinds.decision.key import Reason, build_decision_key
from cpd.cases.kinds.decision.kind import decision
from cpd.cases.kinds.kind import InvalidAnswerError, InvalidKeyError, Rationale
from cpd.cases.mark_table import danger_and_marks_of_decision
from cpd.cases.scales import Basis, CriticalRule, Danger, Decision
from tests.cases.samples import (
    CITED,
    EMERGENCY,
    MODIFY,
    POSTPONE,
    PROCEED,
    RATIONALES,
    SAME_DAY,
    chose,
    decide,
)

FULL, HALF, NONE = Fraction(1), Fraction(1, 2), Fraction(0)
RIGHT = (Danger.SAFE, FULL)
CAREFUL = (Danger.OVERCAUTIOUS, HALF)
TOO_CAREFUL = (Danger.OVERCAUTIOUS, NONE)
LAX = (Danger.UNSAFE, NONE)
CRITICAL = (Danger.CRITICAL, NONE)

TABLE = [
    pytest.param(PROCEED, {}, [RIGHT, CAREFUL, *[TOO_CAREFUL] * 3], id="go ahead"),
    pytest.param(MODIFY, {}, [LAX, RIGHT, CAREFUL, *[TOO_CAREFUL] * 2], id="change the plan"),
    pytest.param(POSTPONE, {}, [LAX, LAX, RIGHT, CAREFUL, TOO_CAREFUL], id="reschedule"),
    pytest.param(SAME_DAY, {}, [LAX, LAX, LAX, RIGHT, CAREFUL], id="medical advice today"),
    pytest.param(EMERGENCY, {}, [CRITICAL, CRITICAL, LAX, LAX, RIGHT], id="emergency"),
    pytest.param(
        SAME_DAY,
        {"clot_suspected": True},
        [CRITICAL, CRITICAL, LAX, RIGHT, CAREFUL],
        id="massage where a clot is suspected",
    ),
    pytest.param(
        SAME_DAY,
        {"emergency_sign": True},
        [CRITICAL, CRITICAL, LAX, RIGHT, CAREFUL],
        id="treating through an emergency sign",
    ),
    pytest.param(
        SAME_DAY,
        {"also": {EMERGENCY: CITED}},
        [LAX, LAX, LAX, RIGHT, RIGHT],
        id="a more careful neighbor is right too",
    ),
    pytest.param(
        POSTPONE,
        {"also": {SAME_DAY: CITED}},
        [LAX, LAX, RIGHT, RIGHT, CAREFUL],
        id="one step beyond an equal",
    ),
    pytest.param(
        MODIFY,
        {"also": {PROCEED: CITED}},
        [RIGHT, RIGHT, CAREFUL, TOO_CAREFUL, TOO_CAREFUL],
        id="a laxer neighbor is right too",
    ),
    pytest.param(
        MODIFY,
        {"also": {SAME_DAY: CITED}},
        [LAX, RIGHT, CAREFUL, RIGHT, CAREFUL],
        id="what lies between two equals is one step too careful",
    ),
    pytest.param(
        SAME_DAY,
        {"also": {POSTPONE: CITED, EMERGENCY: CITED}},
        [LAX, LAX, RIGHT, RIGHT, RIGHT],
        id="both neighbors are right too",
    ),
    pytest.param(
        SAME_DAY,
        {"raised": {PROCEED: CITED}},
        [CRITICAL, LAX, LAX, RIGHT, CAREFUL],
        id="raised to critical",
    ),
    pytest.param(
        EMERGENCY,
        {"raised": {POSTPONE: CITED}},
        [CRITICAL, CRITICAL, CRITICAL, LAX, RIGHT],
        id="raised beside what is critical anyway",
    ),
]


@pytest.mark.parametrize(("key", "rules", "expected"), TABLE)
def test_the_table_of_marks(
    key: Decision, rules: dict[str, Any], expected: list[tuple[Danger, Fraction]]
) -> None:
    _, made = decide(key, **rules)
    assert [(option.danger, option.marks) for option in made.options] == expected
    assert made.key is key
    for option, (danger, marks) in zip(made.options, expected, strict=True):
        mark = decision.mark_answer(made, chose(option.id))
        assert (mark.danger, mark.earned) == (danger, marks)
        assert mark.dangerous_options == (() if danger is Danger.SAFE else (option.id,))
        assert option.correct is (marks == 1)


@pytest.mark.parametrize(
    ("key", "rules", "expected"),
    [
        pytest.param(
            EMERGENCY,
            {"raised": {SAME_DAY: CITED}},
            {
                PROCEED: CriticalRule.EMERGENCY_SIGN,
                MODIFY: CriticalRule.EMERGENCY_SIGN,
                SAME_DAY: CriticalRule.THIS_CASE,
            },
            id="emergency",
        ),
        pytest.param(
            POSTPONE,
            {"clot_suspected": True},
            {PROCEED: CriticalRule.CLOT_SUSPECTED, MODIFY: CriticalRule.CLOT_SUSPECTED},
            id="clot",
        ),
    ],
)
def test_why_an_option_is_critical_is_kept(
    key: Decision, rules: dict[str, Any], expected: dict[Decision, CriticalRule]
) -> None:
    _, made = decide(key, **rules)
    kept = {option.id: option.critical_rule for option in made.options if option.critical_rule}
    assert kept == expected


def test_reasons_are_kept_with_their_sources() -> None:
    rationale = Rationale("<p>x</p>", Basis.EVIDENCE, cites=("heidari-2022", "other"))
    key = build_decision_key(
        "decide",
        key=SAME_DAY,
        rationales=RATIONALES | {PROCEED: rationale},
        raised={PROCEED: CITED},
        also={EMERGENCY: CITED},
        say="Wait.",
    )
    assert key.also == (EMERGENCY,)
    assert key.option_by_id("proceed").note_html == CITED.html
    assert key.option_by_id("proceed").cites == ("heidari-2022", "other")
    assert key.option_by_id("emergency").note_html == CITED.html
    assert key.option_by_id("emergency").cites == ("heidari-2022",)
    assert not key.option_by_id("modify").note_html


@pytest.mark.parametrize(
    ("key", "rules", "words"),
    [
        pytest.param(SAME_DAY, {"also": {MODIFY: CITED}}, "equal marks", id="two steps too lax"),
        pytest.param(PROCEED, {"also": {SAME_DAY: CITED}}, "equal marks", id="three steps away"),
        pytest.param(SAME_DAY, {"also": {SAME_DAY: CITED}}, "equal marks", id="the key itself"),
        pytest.param(
            SAME_DAY, {"also": {EMERGENCY: Reason(" ")}}, "Say why emergency", id="no reason"
        ),
        pytest.param(
            SAME_DAY, {"raised": {EMERGENCY: CITED}}, "emergency is overcautious", id="too careful"
        ),
        pytest.param(SAME_DAY, {"raised": {SAME_DAY: CITED}}, "same_day is safe", id="right"),
        pytest.param(EMERGENCY, {"raised": {PROCEED: CITED}}, "is critical already", id="twice"),
        pytest.param(
            SAME_DAY, {"raised": {PROCEED: Reason("<p>So.</p>")}}, "cites a source", id="not cited"
        ),
        pytest.param(
            SAME_DAY, {"raised": {PROCEED: Reason("", ("a",))}}, "needs a reason", id="not said"
        ),
        pytest.param(
            MODIFY, {"clot_suspected": True}, "modify cannot be right", id="massage despite a clot"
        ),
        pytest.param(
            PROCEED, {"emergency_sign": True}, "proceed cannot be right", id="despite a sign"
        ),
        pytest.param(
            POSTPONE,
            {"clot_suspected": True, "also": {MODIFY: CITED}},
            "modify cannot be right",
            id="equal marks for massage despite a clot",
        ),
    ],
)
def test_keys_that_contradict_the_rules(key: Decision, rules: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidKeyError, match=words):
        decide(key, **rules)


def test_every_missing_thing_is_said_at_once() -> None:
    with pytest.raises(InvalidKeyError) as caught:
        build_decision_key(
            "decide",
            key=SAME_DAY,
            rationales={PROCEED: Rationale("", Basis.HOUSE_RULE)},
            raised={MODIFY: CITED},
            say=" ",
        )
    assert len(caught.value.faults) == 4 + 1 + 1  # four without, one empty, nothing to say


@given(
    key=st.sampled_from(Decision),
    chosen=st.sampled_from(Decision),
    emergency_sign=st.booleans(),
    clot_suspected=st.booleans(),
)
def test_no_flag_lowers_a_danger_or_raises_a_mark(
    key: Decision, chosen: Decision, *, emergency_sign: bool, clot_suspected: bool
) -> None:
    plain = danger_and_marks_of_decision(chosen, accepted={key}, treating_is_critical=False)
    flagged = danger_and_marks_of_decision(
        chosen, accepted={key}, treating_is_critical=emergency_sign or clot_suspected
    )
    assert flagged[0] >= plain[0]
    assert flagged[1] <= plain[1]
    assert (plain[1] == 1) is (chosen is key)


def test_reading_an_answer() -> None:
    step, _ = decide()
    assert decision.parse_answer(step, ["same_day"]) == {"choice": "same_day"}
    assert decision.chosen_texts(step, chose("same_day")) == ["Not today: medical advice today"]
    assert decision.chosen_texts(step, None) == []


def test_a_front_of_an_older_wording_is_said_in_todays() -> None:
    step, _ = decide()
    options = tuple(replace(one, text=f"Old: {one.text}") for one in step.options)
    old = replace(step, options=options)
    assert decision.chosen_texts(old, chose("postpone")) == ["Not today: reschedule"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        pytest.param([], "Choose one of the five decisions", id="none"),
        pytest.param(["proceed", "modify"], "more than one was sent", id="two"),
        pytest.param(["proceed", "proceed"], "more than one was sent", id="the same twice"),
        pytest.param(["stop"], "not one of the answers", id="foreign"),
        pytest.param(["Proceed"], "not one of the answers", id="nearly right"),
        pytest.param([""], "not one of the answers", id="empty"),
        pytest.param(["proceed", "x" * 9999], "not one of the answers", id="one of them foreign"),
    ],
)
def test_what_is_no_answer(values: list[str], sentence: str) -> None:
    step, _ = decide()
    with pytest.raises(InvalidAnswerError, match=sentence) as caught:
        decision.parse_answer(step, values)
    assert "xxx" not in str(caught.value)


def test_a_stored_answer_must_be_one_of_the_options() -> None:
    step, key = decide()
    for read in (
        lambda: decision.mark_answer(key, chose("stop")),
        lambda: decision.chosen_texts(step, chose("stop")),
    ):
        with pytest.raises(UnknownOptionError):
            read()


def test_routes_by_option_then_by_any() -> None:
    step, _ = decide(routes={"proceed": "harm", "emergency": None, "*": "tell"})
    assert decision.next_step_id_or_none(step, chose("proceed")) == "harm"
    assert decision.next_step_id_or_none(step, chose("emergency")) is None
    assert decision.next_step_id_or_none(step, chose("modify")) == "tell"
    assert decision.next_step_id_or_none(step, None) is None
    assert decision.next_step_id_or_none(decide()[0], chose("modify")) is None


def test_the_order_is_the_scale() -> None:
    step, key = decide()
    assert step.option_ids == tuple(Decision) == tuple(option.id for option in key.options)
    assert not decision.shuffles
