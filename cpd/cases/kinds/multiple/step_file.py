"""A question with several answers in a case file."""

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import model_validator

from cpd.cases.front import ANY_OPTION
from cpd.cases.key import StepKey
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
        pairs = zip(self.options, self.rationales(texts), strict=True)
        options = [
            MultipleOption(
                id=option.id,
                correct=option.correct,
                rationale=rationale,
                danger=danger_or_none(option.danger),
                danger_if_missed=danger_or_none(option.danger_if_missed),
            )
            for option, rationale in pairs
        ]
        return make_key(self.id, options=options, say=self.say or "")


STEP_FILE = MultipleStep
