"""A question with several answers in a case file."""

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import model_validator

from cpd.cases.front import ANY_OPTION
from cpd.cases.key import StepKey
from cpd.cases.kinds.kind import Rationale
from cpd.cases.kinds.multiple.key import MultipleOption, make_key
from cpd.cases.kinds.step_file import (
    END,
    DangerWord,
    StepTexts,
    WordedOption,
    WordedStep,
    danger_or_none,
    next_step_id,
)
from cpd.content.file_schema import Slug, schema_error
from cpd.content.frontmatter import Path


class MultipleOptionFile(WordedOption):
    """One option, which applies or does not."""

    danger_if_missed: DangerWord | None = None

    def authored(self, rationale: Rationale) -> MultipleOption:
        """Return the option with its rationale."""
        danger = danger_or_none(self.danger)
        missed = danger_or_none(self.danger_if_missed)
        return MultipleOption(self.id, self.correct, rationale, danger, danger_if_missed=missed)


class MultipleStep(WordedStep):
    """A question whose answer is every option that applies."""

    kind: Literal["multiple"]
    options: list[MultipleOptionFile]
    leads_to: Slug = END

    @model_validator(mode="after")
    def _some_are_right(self) -> "MultipleStep":
        self.refuse_bad_list()
        right = sum(option.correct for option in self.options)
        if not 0 < right < len(self.options):
            raise schema_error("Some options must be correct, and some wrong.", "Mark them.")
        return self

    @property
    def exits(self) -> Sequence[tuple[Path, str]]:
        """Where all answers lead."""
        return [(("leads_to",), self.leads_to)]

    @property
    def routes(self) -> Mapping[str, str | None]:
        """Where all answers lead."""
        return {ANY_OPTION: next_step_id(self.leads_to)}

    def build_key(self, texts: StepTexts) -> StepKey:
        """Return the key; raises InvalidKeyError with every mistake in it."""
        options = map(MultipleOptionFile.authored, self.options, self.rationales(texts))
        return make_key(self.id, options=list(options), say=self.say or "")


STEP_FILE = MultipleStep
