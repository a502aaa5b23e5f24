"""A question with several answers in a case file."""

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import model_validator

from cpd.cases.front import ANY_OPTION
from cpd.cases.key import StepKey
from cpd.cases.kinds.kind import Rationale
from cpd.cases.kinds.multiple.key import MultipleOption, build_multiple_key
from cpd.cases.kinds.step_file import (
    END,
    DangerWord,
    StepTexts,
    WordedOption,
    WordedStep,
    parse_danger_or_none,
    parse_next_step_id_or_none,
)
from cpd.content.file_schema import Slug, build_schema_error
from cpd.content.frontmatter import Path


class MultipleOptionFile(WordedOption):
    """One option, which applies or does not."""

    danger_if_missed: DangerWord | None = None

    def build_authored_option(self, rationale: Rationale) -> MultipleOption:
        """Return the option with its rationale."""
        danger = parse_danger_or_none(self.danger)
        missed = parse_danger_or_none(self.danger_if_missed)
        return MultipleOption(self.id, self.correct, rationale, danger, danger_if_missed=missed)


class MultipleStep(WordedStep):
    """A question whose answer is every option that applies."""

    kind: Literal["multiple"]
    options: list[MultipleOptionFile]
    leads_to: Slug = END

    @model_validator(mode="after")
    def _refuse_no_right_option(self) -> "MultipleStep":
        self.refuse_bad_options()
        right = sum(option.correct for option in self.options)
        if not 0 < right < len(self.options):
            raise build_schema_error("Some options must be correct, and some wrong.", "Mark them.")
        return self

    @property
    def answer_paths_and_targets(self) -> Sequence[tuple[Path, str]]:
        """Where all answers lead."""
        return [(("leads_to",), self.leads_to)]

    @property
    def next_step_ids_by_option(self) -> Mapping[str, str | None]:
        """Where all answers lead."""
        return {ANY_OPTION: parse_next_step_id_or_none(self.leads_to)}

    def build_key(self, texts: StepTexts) -> StepKey:
        """Return the key; raises InvalidKeyError with every mistake in it."""
        options = map(
            MultipleOptionFile.build_authored_option, self.options, self.build_rationales(texts)
        )
        return build_multiple_key(self.id, options=list(options), say=self.say or "")


STEP_FILE = MultipleStep
