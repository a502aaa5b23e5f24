"""A decision in a case file: the right one, close ones, and a reason for each of the five."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from pydantic import Field

from cpd.cases.front import StepFront
from cpd.cases.key import StepKey
from cpd.cases.kinds.decision.front import build_decision_front
from cpd.cases.kinds.decision.key import Reason, build_decision_key
from cpd.cases.kinds.decision.lint import LINT_RULES
from cpd.cases.kinds.decision.table import TABLE
from cpd.cases.kinds.step_file import (
    END,
    DecisionChange,
    DecisionWord,
    ReasonedOption,
    StepFile,
    StepTexts,
    parse_next_step_id_or_none,
)
from cpd.cases.mark_table import danger_and_marks_of_decision
from cpd.cases.scales import Decision
from cpd.content.file_schema import FileModel, Line, Markdown, Slug
from cpd.content.frontmatter import Path, Value


class DecisionOption(ReasonedOption):
    """The reason for or against one of the five decisions."""

    leads_to: Slug = END


class DecisionOptions(FileModel):
    """All five decisions, always."""

    proceed: DecisionOption
    modify: DecisionOption
    postpone: DecisionOption
    same_day: DecisionOption
    emergency: DecisionOption

    def options_by_decision(self) -> Mapping[Decision, DecisionOption]:
        """Return the options by decision, from the least cautious to the most."""
        return {decision: getattr(self, decision.value) for decision in Decision}


class DecisionStep(StepFile):
    """May I treat this person today? The five decisions."""

    kind: Literal["decision"]
    key: DecisionWord
    also: dict[DecisionWord, Markdown] = Field(default_factory=dict)
    raise_: dict[DecisionWord, Markdown] = Field(alias="raise", default_factory=dict)
    emergency_sign: bool = False
    clot_suspected: bool = False
    say: Line
    options: DecisionOptions

    lint_rules = LINT_RULES
    table = TABLE

    @classmethod
    def build_new_options(cls) -> Value:
        """Return all five."""
        return {decision.value: DecisionOption.build_new_reason() for decision in Decision}

    @property
    def rationales(self) -> Mapping[Decision, str]:
        """The reason for or against each decision, as Markdown."""
        return {
            decision: option.rationale
            for decision, option in self.options.options_by_decision().items()
        }

    @property
    def right_decision(self) -> Decision:
        """The right decision; those in `also` earn the same marks."""
        return Decision(self.key)

    @property
    def suspicions(self) -> Mapping[str, bool]:
        """Whether a clot is suspected."""
        return {"clot_suspected": True} if self.clot_suspected else {}

    def change_decision(self, new: Decision) -> DecisionChange:
        """Return which reasons still hold, and which keys about danger do not."""
        held = {"emergency_sign": self.emergency_sign, "clot_suspected": self.clot_suspected}
        reasons = {"also": self.also, "raise": self.raise_}
        return DecisionChange(
            kept=frozenset(decision for decision in Decision if self._keeps_reason(decision, new)),
            removed_keys=(
                *(key for key, value in reasons.items() if value),
                *(key for key, value in held.items() if value and new.treats_client),
            ),
        )

    def _keeps_reason(self, decision: Decision, new: Decision) -> bool:
        """Tell whether a decision stays as wrong as it is, in the same way."""
        old = self.right_decision
        if decision in (old, new) or decision.value in {*self.also, *self.raise_}:
            return False
        has_sign = self.emergency_sign or self.clot_suspected
        before = danger_and_marks_of_decision(
            decision,
            accepted={old},
            treating_is_critical=has_sign or old is Decision.EMERGENCY,
        )
        return before == danger_and_marks_of_decision(
            decision,
            accepted={new},
            treating_is_critical=(has_sign and not new.treats_client) or new is Decision.EMERGENCY,
        )

    @property
    def answer_paths_and_targets(self) -> Sequence[tuple[Path, str]]:
        """Where each decision leads."""
        return [
            (("options", decision.value, "leads_to"), option.leads_to)
            for decision, option in self.options.options_by_decision().items()
        ]

    def build_front(self, vignette_html: str) -> StepFront:
        """Return the question with its five options."""
        options = self.options.options_by_decision()
        return build_decision_front(
            self.id,
            prompt=self.prompt,
            routes={
                decision.value: parse_next_step_id_or_none(option.leads_to)
                for decision, option in options.items()
            },
            when=self.when or "",
            vignette_html=vignette_html,
        )

    def build_key(self, texts: StepTexts) -> StepKey:
        """Return the key; raises InvalidKeyError with every mistake in it."""
        return build_decision_key(
            self.id,
            key=self.right_decision,
            rationales={
                decision: option.build_rationale(texts["options", decision.value, "rationale"])
                for decision, option in self.options.options_by_decision().items()
            },
            also=_build_reasons(texts, "also", self.also),
            raised=_build_reasons(texts, "raise", self.raise_),
            emergency_sign=self.emergency_sign,
            clot_suspected=self.clot_suspected,
            say=self.say,
        )


def _build_reasons(texts: StepTexts, field: str, words: Iterable[str]) -> dict[Decision, Reason]:
    return {
        Decision(word): Reason(texts[field, word].html, texts[field, word].cites) for word in words
    }


STEP_FILE = DecisionStep
