"""countries/<code>.yaml: one country, dated and with its sources."""

import re
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from cpd.content.file_schema import FileModel, Line, build_schema_error

_CODE = re.compile(r"[A-Z]{2}")
_PAGE = re.compile(r"https?://[^\s\"<>]+")


def _validate_code(value: str) -> str:
    if not _CODE.fullmatch(value):
        raise build_schema_error(
            f"'{value}' is not the code of a country.", "Write two capitals, such as US."
        )
    return value


def _validate_page(value: str) -> str:
    if not _PAGE.fullmatch(value):
        raise build_schema_error(
            f"'{value}' is not the address of a page.", "Write the page on which this was seen."
        )
    return value


ContactName = Literal["emergency-number", "urgent-line", "crisis-line", "adult-at-risk"]
WordName = Literal[
    "emergency-department",
    "primary-care-doctor",
    "physical-therapist",
    "gait-belt",
    "lift",
    "adhesive-bandage",
]


class ContactFile(FileModel):
    """Whom to call or tell."""

    text: Line
    """As a sentence names it."""
    listed: Line | None = None
    """As a list shows it, if that differs."""
    seen: bool = True
    """Whether it was seen on a page. If not, lists say so, and sentences do not name it."""
    source: Annotated[str, AfterValidator(_validate_page)] | None = None
    """The page on which it was seen; only what has no number can do without."""

    @model_validator(mode="after")
    def _require_source_of_number(self) -> Self:
        if self.seen and self.source is None and any(map(str.isdigit, self.text)):
            raise build_schema_error(
                "There is a number without a source.",
                "Name the page on which it was seen, or write 'seen: false'.",
            )
        return self


class CountryFile(FileModel):
    """One country."""

    code: Annotated[str, AfterValidator(_validate_code)]
    name: Line
    checked: date
    """The day on which the pages were seen."""
    fahrenheit_first: bool
    contacts: dict[ContactName, ContactFile]
    words: dict[WordName, Line] = Field(default_factory=dict)
    not_seen: list[Line] = Field(default_factory=list)
    """What nobody has found a page for; shown to nobody."""
