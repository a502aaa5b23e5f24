"""The decision about today's session: five answers, always all five, always in this order."""

from collections.abc import Mapping
from typing import ClassVar

from cpd.cases.front import Answer, StepFront
from cpd.cases.key import StepKey
from cpd.cases.kinds.choices import OneChoice, chosen_option_ids
from cpd.cases.kinds.decision import sample
from cpd.cases.kinds.decision.front import NAME, WORDS
from cpd.cases.kinds.kind import StepMark
from cpd.cases.scales import Danger, Decision


class DecisionKind(OneChoice):
    """The decision about today's session."""

    name = NAME
    ask = "Choose one of the five decisions."
    shuffles = False
    asks_for_decision = True
    constant_answers: ClassVar[Mapping[str, Answer]] = {
        decision.value: {"choice": decision.value} for decision in Decision
    }

    def build_example_step_and_key(self) -> tuple[StepFront, StepKey]:
        """Return the decision about a fever with new numbness: medical advice today."""
        return sample.build_example_step_and_key()

    def chosen_texts(self, step: StepFront, answer: Answer | None) -> list[str]:
        """Return the decision in today's wording; an older front may store older wording."""
        return [
            WORDS[Decision(step.option_by_id(option_id).id)]
            for option_id in chosen_option_ids(answer)
        ]

    def was_client_turned_away(self, key: StepKey, mark: StepMark) -> bool:
        """Return whether the client was sent away when treating them was right."""
        if key.key is None or mark.danger is not Danger.OVERCAUTIOUS:
            return False
        return key.key.treats_client and not any(
            Decision(option).treats_client for option in mark.chosen
        )


decision = DecisionKind()
