"""The answers that demo people give to any kind of step."""

from cpd.cases.front import Answer
from cpd.cases.key import StepKey
from cpd.cases.kinds.registry import KINDS
from cpd.cases.scales import Danger


def build_right_answer(key: StepKey) -> Answer:
    """Return the first answer that earns full marks."""
    return next(
        answer
        for answer, mark in KINDS[key.kind].possible_answers_with_marks(key)
        if mark.earned == 1
    )


def build_overcautious_answer(key: StepKey) -> Answer:
    """Return the answer that earns the least among those that do not endanger the client."""
    harmless = [
        (mark.earned, number, answer)
        for number, (answer, mark) in enumerate(KINDS[key.kind].possible_answers_with_marks(key))
        if mark.danger is not None and not mark.danger.could_harm_client
    ]
    return min(harmless)[2]


def build_critical_answer_or_none(key: StepKey) -> Answer | None:
    """Return an answer that could seriously harm the client, or None if the step has none."""
    outcomes = KINDS[key.kind].possible_answers_with_marks(key)
    return next((answer for answer, mark in outcomes if mark.danger is Danger.CRITICAL), None)


def build_harmful_answer_or_none(key: StepKey) -> Answer | None:
    """Return the first answer that could harm the client, or None if the step has none."""
    outcomes = KINDS[key.kind].possible_answers_with_marks(key)
    return next(
        (answer for answer, mark in outcomes if mark.danger and mark.danger.could_harm_client), None
    )
