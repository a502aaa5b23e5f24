"""What a grading says that it used."""

from typing import Any

import pytest

from cpd.kernel.canonical import encode_json
from cpd.quizzes.rules.grading import GradingInputs

INPUTS = GradingInputs({"wim": 7, "ola": 9}, frozenset({"wim"}))


def test_its_json_form() -> None:
    stored = INPUTS.to_json()
    encode_json(stored)  # nothing odd
    assert stored == {"keys": {"wim": 7, "ola": 9}, "dropped": ["wim"]}
    assert GradingInputs.from_json(stored) == INPUTS


@pytest.mark.parametrize(
    ("inputs", "fits"),
    [
        pytest.param(INPUTS, True, id="as drawn, one dropped"),
        pytest.param(GradingInputs({"wim": 7, "ola": 9}), True, id="nothing dropped"),
        pytest.param(GradingInputs({"wim": 7}), False, id="a case without a key"),
        pytest.param(GradingInputs({"wim": 7, "ola": 9, "nell": 1}), False, id="another case"),
        pytest.param(
            GradingInputs({"wim": 7, "ola": 9}, frozenset({"nell"})), False, id="another dropped"
        ),
    ],
)
def test_whether_it_fits_the_cases_drawn(inputs: GradingInputs, *, fits: bool) -> None:
    assert inputs.fits_cases(["ola", "wim"]) is fits


def test_what_is_no_number_of_a_revision_does_not_fit() -> None:
    odd: dict[str, Any] = {"keys": {"wim": "7", "ola": 9}, "dropped": []}
    assert not GradingInputs.from_json(odd).fits_cases(["ola", "wim"])
