"""The signs of a card by decision: in the form of today, and as older versions hold them."""

from typing import Any

import pytest

from cpd.cases.model import Decision
from cpd.courses.rules.fronts import URGENCY, SignGroup, signs_of

BLISTERS = SignGroup("postpone", ("Blisters",))
SORE = SignGroup("modify", ("Red skin", "Sore skin"))


@pytest.mark.parametrize(
    ("front", "groups"),
    [
        pytest.param({"signs": {"modify": ["Red skin", "Sore skin"]}}, (SORE,), id="one decision"),
        pytest.param(
            {"signs": {"modify": ["Red skin", "Sore skin"], "postpone": ["Blisters"]}},
            (BLISTERS, SORE),
            id="a range, in any order of the file",
        ),
        pytest.param(
            {"decision": "modify", "signs": ["Red skin", "Sore skin"]}, (SORE,), id="as it was once"
        ),
    ],
)
def test_signs_by_the_decision_they_ask_for(
    front: dict[str, Any], groups: tuple[SignGroup, ...]
) -> None:
    assert signs_of(front) == groups


def test_the_most_urgent_decision_comes_first() -> None:
    assert tuple(reversed([decision.value for decision in Decision])) == URGENCY
