"""references/<id>.md: a cited source; the ledger records whether it was checked."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator

from cpd.content.file_schema import FileModel, Line, Slug, Title, build_schema_error


def _int_to_text(value: object) -> object:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_number else value


def build_pattern_validator(pattern: str, message: str, remedy: str) -> AfterValidator:
    """Return a check that text has the form of a pattern."""
    compiled = re.compile(pattern)

    def refuse_unmatched_text(value: str) -> str:
        if not compiled.fullmatch(value):
            raise build_schema_error(message, remedy)
        return value

    return AfterValidator(refuse_unmatched_text)


Doi = Annotated[
    str,
    build_pattern_validator(
        r"10\.[0-9]{4,9}/[^\s\"<>]+", "This is not a DOI.", "Write it as 10.1136/bmj.38041."
    ),
]
Pmid = Annotated[
    str,
    build_pattern_validator(r"[1-9][0-9]{0,8}", "This is not a PMID.", "Write the number alone."),
    BeforeValidator(_int_to_text),
]
Pmcid = Annotated[
    str,
    build_pattern_validator(r"PMC[1-9][0-9]*", "This is not a PMCID.", "Write it as PMC5564319."),
]
Url = Annotated[
    str,
    build_pattern_validator(
        r"https?://[^\s\"<>]+", "This is not a URL.", "Begin it with https://."
    ),
]
FIRST_YEAR, LAST_YEAR = 1800, 2100


def _refuse_bad_year(value: int) -> int:
    if not FIRST_YEAR <= value <= LAST_YEAR:
        raise build_schema_error(
            f"{value} is not a year of publication.", "Write the year with four digits."
        )
    return value


SourceType = Literal[
    "review",
    "meta-analysis",
    "trial",
    "pilot",
    "cohort",
    "survey",
    "case-report",
    "guideline",
    "charity",
    "manufacturer",
    "expert",
]


class ReferenceFile(FileModel):
    """The front matter of a reference; it has no body."""

    id: Slug
    authors: Line | None = None
    """As printed; null if the source names none."""
    title: Title
    source: Line
    year: Annotated[int, AfterValidator(_refuse_bad_year)] | None = None
    doi: Doi | None = None
    pmid: Pmid | None = None
    pmcid: Pmcid | None = None
    url: Url | None = None
    type: SourceType
    note: Line
    """What it found, how it is used, and whether it studied the people this course is about."""

    @property
    def is_locatable(self) -> bool:
        """Whether a learner can find it; otherwise it may not be shown."""
        return any((self.doi, self.pmid, self.pmcid, self.url))
