"""What stays of a decision when another one becomes right: for twins."""

from typing import Any

import pytest

from cpd.cases.kinds.decision.step_file import DecisionStep
from cpd.cases.kinds.registry import KINDS, find_deciding_kind
from cpd.cases.kinds.step_file import DecisionChange
from cpd.cases.scales import Decision
from tests.factories import courses

PROCEED, MODIFY, POSTPONE, SAME_DAY, EMERGENCY = Decision


def step(key: Decision, **more: Any) -> DecisionStep:
    option = {"rationale": "Why.", "basis": "expert-caution"}
    return DecisionStep.model_validate(
        {
            "id": "decide",
            "kind": find_deciding_kind(),
            "prompt": "What now?",
            "key": key.value,
            "say": "Let’s see.",
            "options": {decision.value: option for decision in Decision},
            **more,
        }
    )


@pytest.mark.parametrize(
    ("old", "new", "more", "kept", "removed"),
    [
        pytest.param(SAME_DAY, POSTPONE, {}, {PROCEED, MODIFY}, (), id="what is too lax stays so"),
        pytest.param(SAME_DAY, EMERGENCY, {}, {POSTPONE}, (), id="treating becomes critical"),
        pytest.param(
            SAME_DAY, POSTPONE, {"clot_suspected": True}, {PROCEED, MODIFY}, (), id="a clot stays"
        ),
        pytest.param(
            SAME_DAY,
            MODIFY,
            {"clot_suspected": True, "emergency_sign": True},
            set(),
            ("emergency_sign", "clot_suspected"),
            id="no sign forbids what is right",
        ),
        pytest.param(
            SAME_DAY,
            POSTPONE,
            {"also": {"emergency": "As good."}, "raise": {"proceed": "Worse [@a]."}},
            {MODIFY},
            ("also", "raise"),
            id="reasons of the old decision go",
        ),
    ],
)
def test_reasons_hold_where_a_decision_is_as_wrong_as_before(
    old: Decision, new: Decision, more: dict[str, Any], kept: set[Decision], removed: tuple[str]
) -> None:
    assert step(old, **more).change_decision(new) == DecisionChange(frozenset(kept), removed)


def test_suspicions_are_those_of_the_file() -> None:
    assert step(SAME_DAY).suspicions == {}
    assert step(SAME_DAY, clot_suspected=True).suspicions == {"clot_suspected": True}


def test_other_kinds_have_no_decision_to_change() -> None:
    steps = [step for case in courses.bundle().cases for step in case.file.steps]
    others = [each for each in steps if not KINDS[each.kind].asks_for_decision]
    assert others
    for other in others:
        assert other.change_decision(PROCEED) == DecisionChange()
        assert other.suspicions == {}
