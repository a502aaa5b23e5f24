"""cases/<id>.md: a client situation, its steps, and the key."""

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from cpd.cases.kinds.registry import KINDS
from cpd.cases.kinds.step_file import StepFile, import_step_file_schema
from cpd.content.file_schema import FileModel, Line, Passage, Slug, Slugs, Title, build_schema_error


def step_file_schemas() -> tuple[type[StepFile], ...]:
    """Return the schema of a step for each kind of answer, in the order of the registry."""
    return tuple(import_step_file_schema(kind) for kind in KINDS.values())


if TYPE_CHECKING:
    AnyStep: TypeAlias = StepFile
else:
    AnyStep = Annotated[reduce(or_, step_file_schemas()), Field(discriminator="kind")]


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
    steps: list[AnyStep]

    @model_validator(mode="after")
    def _refuse_inconsistent_case(self) -> "CaseFile":
        if not self.steps:
            raise build_schema_error("The case has no step.", "Add at least one step.")
        ids = [step.id for step in self.steps]
        repeated = sorted({name for name in ids if ids.count(name) > 1})
        if repeated:
            raise build_schema_error(
                f"The step '{repeated[0]}' appears twice.", "Give each step its own id."
            )
        if self.steps[0].facts is not None:
            raise build_schema_error(
                "The first step has facts of its own.",
                "Move them to the text of the file, below the keys.",
            )
        if (self.pool == "practice") is not (self.position is not None):
            raise build_schema_error(
                "A practice case has a position in its section; an exam case has none.",
                "Add 'position: 1' to a practice case; remove it from an exam case.",
            )
        if self.pool == "exam" and self.open:
            raise build_schema_error(
                "An exam case cannot be open.", "Remove 'open', or open a practice case."
            )
        return self
