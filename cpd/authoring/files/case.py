"""cases/<id>.md: a client situation, its steps, and the key."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from cpd.content.file_schema import (
    Basis,
    Danger,
    DecisionWord,
    FileModel,
    Line,
    Markdown,
    Passage,
    Share,
    Slug,
    Slugs,
    Title,
    said,
)

END = "end"
MAX_STEP_ID = 40


def _step_id(value: str) -> str:
    if len(value) > MAX_STEP_ID or value == END:
        raise said(
            f"'{value}' cannot be a step's id.",
            f"Use {MAX_STEP_ID} characters at most, and not the word 'end'.",
        )
    return value


StepId = Annotated[Slug, AfterValidator(_step_id)]


class Reasoned(FileModel):
    """Why an option is right or wrong, and what that rests on."""

    rationale: Markdown
    basis: Basis
    reviewer: Line | None = None


class DecisionOption(Reasoned):
    """What speaks for or against one of the five decisions."""

    leads_to: Slug = END


class DecisionOptions(FileModel):
    """All five decisions, always."""

    proceed: DecisionOption
    modify: DecisionOption
    postpone: DecisionOption
    same_day: DecisionOption
    emergency: DecisionOption


class StepBase(FileModel):
    """What every step has; the first step's facts are the body of the file."""

    id: StepId
    when: Line | None = None
    facts: Markdown | None = None
    prompt: Line


class DecisionStep(StepBase):
    """May I treat this person today? The five decisions."""

    kind: Literal["decision"]
    key: DecisionWord
    also: dict[DecisionWord, Markdown] = Field(default_factory=dict)
    raise_: dict[DecisionWord, Markdown] = Field(alias="raise", default_factory=dict)
    emergency_sign: bool = False
    clot_suspected: bool = False
    say: Line
    options: DecisionOptions


class WordedOption(Reasoned):
    """An option in the author's words."""

    id: StepId
    text: Line
    correct: bool = False
    danger: Danger | None = None


class SingleOption(WordedOption):
    """One answer out of several."""

    marks: Share | None = None
    leads_to: Slug = END


class MultipleOption(WordedOption):
    """One box to tick or to leave."""

    danger_if_missed: Danger | None = None


class SingleStep(StepBase):
    """Choose one."""

    kind: Literal["single"]
    say: Line | None = None
    options: list[SingleOption]

    @model_validator(mode="after")
    def _one_is_right(self) -> "SingleStep":
        _check_options(self.options)
        if sum(option.correct for option in self.options) != 1:
            raise said("Exactly one option must be correct.", "Mark one with 'correct: true'.")
        return self


class MultipleStep(StepBase):
    """Tick all that apply."""

    kind: Literal["multiple"]
    say: Line | None = None
    options: list[MultipleOption]
    leads_to: Slug = END

    @model_validator(mode="after")
    def _some_are_right(self) -> "MultipleStep":
        _check_options(self.options)
        right = sum(option.correct for option in self.options)
        if not 0 < right < len(self.options):
            raise said("Some options must be correct, and some not.", "Mark them.")
        return self


def _check_options(options: list[SingleOption] | list[MultipleOption]) -> None:
    ids = [option.id for option in options]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise said(f"The option '{twice[0]}' is there twice.", "Give each option its own id.")
    fewest = 2
    if len(ids) < fewest:
        raise said("A question needs two options at least.", "Add one.")


Step = Annotated[DecisionStep | SingleStep | MultipleStep, Field(discriminator="kind")]


class CaseFile(FileModel):
    """The front matter of a case; its body is the stem."""

    id: Slug
    title: Title
    section: Slug
    position: int | None = None
    objectives: Slugs
    hazards: Slugs
    family: Slug
    difficulty: Literal["easy", "medium", "hard"]
    pool: Literal["practice", "exam"]
    red_flag: bool
    open: bool = False
    passage: Passage
    author: Line
    steps: list[Step]

    @model_validator(mode="after")
    def _whole(self) -> "CaseFile":
        if not self.steps:
            raise said("The case has no step.", "Add one step at least.")
        ids = [step.id for step in self.steps]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise said(f"The step '{twice[0]}' is there twice.", "Give each step its own id.")
        if self.steps[0].facts is not None:
            raise said(
                "The first step has facts of its own.", "Put them into the body of the file."
            )
        if (self.pool == "practice") is not (self.position is not None):
            raise said(
                "A practice case has a position in its section, an exam case none.",
                "Add 'position: 1' to a practice case; remove it from an exam case.",
            )
        return self
