"""A question with one answer in a case file."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from pydantic import model_validator

from cpd.cases.key import StepKey
from cpd.cases.kinds.kind import Rationale
from cpd.cases.kinds.single.key import SingleOption, build_single_key
from cpd.cases.kinds.single.lint import LINT_RULES
from cpd.cases.kinds.single.table import TABLE
from cpd.cases.kinds.step_file import (
    END,
    StepFile,
    StepTexts,
    WordedOption,
    WordedStep,
    parse_danger_or_none,
    parse_next_step_id_or_none,
)
from cpd.content.file_schema import Share, Slug, build_schema_error
from cpd.content.frontmatter import Path


class SingleOptionFile(WordedOption):
    """One answer out of several."""

    marks: Share | None = None
    leads_to: Slug = END

    def build_authored_option(self, rationale: Rationale) -> SingleOption:
        """Return the option with its rationale."""
        danger = parse_danger_or_none(self.danger)
        return SingleOption(self.id, self.correct, rationale, danger=danger, marks=self.marks)


class SingleStep(WordedStep):
    """A question whose answer is one option."""

    kind: Literal["single"]
    options: list[SingleOptionFile]

    lint_rules = LINT_RULES
    table = TABLE

    @model_validator(mode="after")
    def _refuse_not_one_right_option(self) -> "SingleStep":
        self.refuse_bad_options()
        if sum(option.correct for option in self.options) != 1:
            raise build_schema_error(
                "Exactly one option must be correct.", "Mark one with 'correct: true'."
            )
        return self

    @property
    def right_option(self) -> SingleOptionFile:
        """The one that is correct."""
        return next(option for option in self.options if option.correct)

    @property
    def answer_paths_and_targets(self) -> Sequence[tuple[Path, str]]:
        """Where each option leads."""
        return [
            (("options", position, "leads_to"), option.leads_to)
            for position, option in enumerate(self.options)
        ]

    @property
    def next_step_ids_by_option(self) -> Mapping[str, str | None]:
        """Where each option leads, by its id."""
        return {option.id: parse_next_step_id_or_none(option.leads_to) for option in self.options}

    def build_key(self, texts: StepTexts) -> StepKey:
        """Return the key; raises InvalidKeyError with every mistake in it."""
        options = map(
            SingleOptionFile.build_authored_option, self.options, self.build_rationales(texts)
        )
        return build_single_key(self.id, options=list(options), say=self.say or "")

    @classmethod
    def build_statistics_sentences(cls, steps: Iterable[StepFile]) -> list[str]:
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
