"""course.md: what the course is, who wrote it, and its sections in order."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from cpd.content.file_schema import (
    ADDED_LATER,
    FileModel,
    Line,
    Slug,
    Slugs,
    Title,
    build_schema_error,
)
from cpd.kernel import single_line


class Objective(FileModel):
    """Something the learner will be able to do."""

    id: Slug
    text: Line


def _clean_author_name(value: str) -> str:
    read = single_line.clean_line(value)
    if read.fault is not None:
        raise build_schema_error(
            "A certificate cannot print this as a name.",
            f"Use one line of at most {single_line.LONGEST} characters, with letters and without "
            "invisible characters.",
        )
    return read.text


class Author(FileModel):
    """Who wrote the course, as the certificate and the catalog name them."""

    name: Annotated[str, AfterValidator(_clean_author_name)]
    credentials: Line
    role: Line
    disclosure: Line | None = Field(default=None, json_schema_extra=ADDED_LATER)
    """This person's financial interests."""


def _refuse_bad_objectives(values: list[Objective]) -> list[Objective]:
    ids = [value.id for value in values]
    if not ids or len(set(ids)) < len(ids):
        raise build_schema_error(
            "There must be objectives, each with a different id.", "Give each its own id."
        )
    return values


def _refuse_empty_authors(values: list[Author]) -> list[Author]:
    if not values:
        raise build_schema_error("No author is named.", "Name who is responsible for the text.")
    return values


class CourseFile(FileModel):
    """The front matter of course.md; its body describes the course to learners."""

    id: Slug
    title: Title
    title_on_certificate: Title | None = Field(default=None, json_schema_extra=ADDED_LATER)
    """Instead of the title, where the file of a certificate cannot show that."""
    subject: list[Line]
    language: Line
    summary: Line
    level: Line
    entry: Line | None = Field(default=None, json_schema_extra=ADDED_LATER)
    """What learners are recommended to have before they begin."""
    objectives: Annotated[list[Objective], AfterValidator(_refuse_bad_objectives)]
    authors: Annotated[list[Author], AfterValidator(_refuse_empty_authors)]
    disclosures: Line
    """Financial interests of everybody who controls the content; if there are none, say "None"."""
    released: date
    reviewed: date | None = None
    review_by: date
    expires: date
    sections: Slugs
