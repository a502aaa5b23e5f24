"""hazards/<id>.md: the card of one safety topic."""

from cpd.authoring.files.base import (
    Basis,
    DecisionWord,
    FileModel,
    Line,
    Passage,
    Slug,
    Slugs,
    Title,
)


class HazardFile(FileModel):
    """The front matter of a hazard card; a body is optional."""

    id: Slug
    title: Title
    family_of_flags: list[Line]
    """Rows of the red-flag table that the card covers; for counting, shown to nobody."""
    decision: DecisionWord
    signs: list[Line]
    rule: Line
    say: Line
    tell: Line
    """Whom to tell, and by when."""
    passage: Passage
    basis: Basis
    references: Slugs
    signed_by: Line | None
    """The clinician who signed the rule; null until one has."""
