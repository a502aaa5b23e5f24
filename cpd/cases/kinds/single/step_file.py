"""A question with one answer in a case file."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from pydantic import model_validator

from cpd.cases.key import StepKey
from cpd.cases.kinds.kind import Rationale
from cpd.cases.kinds.single.key import SingleOption, make_key
from cpd.cases.kinds.single.lint import LINT_RULES
from cpd.cases.kinds.step_file import (
    END,
    StepFile,
    StepTexts,
    WordedOption,
    WordedStep,
    danger_or_none,
    next_step_id,
)
from cpd.content.file_schema import Share, Slug, schema_error
from cpd.content.frontmatter import Path


class SingleOptionFile(WordedOption):
    """One answer out of several."""

    marks: Share | None = None
    leads_to: Slug = END

    def authored(self, rationale: Rationale) -> SingleOption:
        """Return the option with its rationale."""
        danger = danger_or_none(self.danger)
        return SingleOption(self.id, self.correct, rationale, danger=danger, marks=self.marks)


class SingleStep(WordedStep):
    """A question whose answer is one option."""

    kind: Literal["single"]
    options: list[SingleOptionFile]

    lint_rules = LINT_RULES

    @model_validator(mode="after")
    def _one_is_right(self) -> "SingleStep":
        self.refuse_bad_list()
        if sum(option.correct for option in self.options) != 1:
            raise schema_error(
                "Exactly one option must be correct.", "Mark one with 'correct: true'."
            )
        return self

    @property
    def exits(self) -> Sequence[tuple[Path, str]]:
        """Where each option leads."""
        return [
            (("options", position, "leads_to"), option.leads_to)
            for position, option in enumerate(self.options)
        ]

    @property
    def routes(self) -> Mapping[str, str | None]:
        """Where each option leads, by its id."""
        return {option.id: next_step_id(option.leads_to) for option in self.options}

    def build_key(self, texts: StepTexts) -> StepKey:
        """Return the key; raises InvalidKeyError with every mistake in it."""
        options = map(SingleOptionFile.authored, self.options, self.rationales(texts))
        return make_key(self.id, options=list(options), say=self.say or "")

    @classmethod
    def statistics(cls, steps: Iterable[StepFile]) -> list[str]:
        """Report how often the right option is the longest, which learners could exploit."""
        longest = [
            max(step.options, key=lambda option: len(option.text)).correct
            for step in steps
            if isinstance(step, cls)
        ]
        return [
            f"The right option is the longest in {sum(longest)} of {len(longest)} single questions."
        ]


STEP_FILE = SingleStep
