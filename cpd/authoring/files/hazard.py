"""hazards/<id>.md: the card of one safety topic."""

from collections.abc import Sized
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from cpd.cases.kinds.step_file import BasisWord, DecisionWord
from cpd.content.file_schema import FileModel, Line, Passage, Slug, Slugs, Title, build_schema_error


def _refuse_ungrouped_signs(value: object) -> object:
    """Refuse the plain list of signs that cards used to have, and explain what replaces it."""
    if isinstance(value, list):
        raise build_schema_error(
            "The signs do not say what each one calls for.",
            "List them under the decision that they call for, such as 'emergency:'.",
        )
    return value


def _refuse_empty_signs(signs: Sized) -> Sized:
    if not signs:
        raise build_schema_error(
            "There is no sign.", "List at least one, or remove a decision that has none."
        )
    return signs


Lines = Annotated[list[Line], AfterValidator(_refuse_empty_signs)]
Signs = Annotated[
    dict[DecisionWord, Lines],
    BeforeValidator(_refuse_ungrouped_signs),
    AfterValidator(_refuse_empty_signs),
]


class HazardFile(FileModel):
    """The front matter of a hazard card; a body is optional."""

    id: Slug
    title: Title
    family_of_flags: list[Line]
    """Rows of the red-flag table that the card covers; used for counting and never shown."""
    signs: Signs
    """The signs by the decision that they call for."""
    rule: Line
    say: Line
    tell: Line
    """Whom to tell, and by when."""
    passage: Passage
    basis: BasisWord
    references: Slugs
    signed_by: Line | None
    """The clinician who signed the rule; null until one has."""
