"""How a decision is parsed from a form, put into words, and judged."""

from collections.abc import Mapping, Sequence

from cpd.cases.front import Answer, StepFront
from cpd.cases.key import StepKey
from cpd.cases.kinds.choices import chosen, parse_one
from cpd.cases.kinds.decision.front import WORDS
from cpd.cases.kinds.kind import StepMark
from cpd.cases.scales import Danger, Decision

CONSTANT_ANSWERS: Mapping[str, Answer] = {
    decision.value: {"choice": decision.value} for decision in Decision
}


def parse(step: StepFront, values: Sequence[str]) -> Answer:
    """Parse one of the five decisions."""
    return parse_one(step, values, ask="Choose one of the five decisions.")


def chosen_texts(step: StepFront, answer: Answer | None) -> list[str]:
    """Return the decision in today's wording; an older front may store older wording."""
    return [WORDS[Decision(step.option(option_id).id)] for option_id in chosen(answer)]


def turned_away(key: StepKey, mark: StepMark) -> bool:
    """Return whether the client was sent away when treating them was right."""
    if key.key is None or mark.danger is not Danger.OVERCAUTIOUS:
        return False
    return key.key.treats and not any(Decision(option).treats for option in mark.chosen)
