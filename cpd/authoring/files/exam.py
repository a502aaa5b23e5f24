"""exam.md: how an exam is drawn, passed and repeated; its body is the exam page's text."""

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from cpd.content.file_schema import (
    ADDED_LATER,
    FileModel,
    Line,
    Share,
    Slug,
    Title,
    build_schema_error,
)

_LARGEST = 100_000
"""More hours or minutes than this would lead beyond the last day that a clock knows."""


def _refuse_huge_number(value: int) -> int:
    if value > _LARGEST:
        raise build_schema_error("The number is too large.", f"Use at most {_LARGEST:,}.")
    return value


def _refuse_negative_number(value: int) -> int:
    if value < 0:
        raise build_schema_error("The number cannot be negative.", "Use 0 or more.")
    return value


def _refuse_number_below_one(value: int) -> int:
    if value < 1:
        raise build_schema_error(
            "The number must be at least 1.", "Use 1 or more, or null for no limit."
        )
    return value


def _refuse_bad_pass_mark(value: Fraction) -> Fraction:
    if not 0 < value <= 1:
        raise build_schema_error("The pass mark must be above 0 and at most 1.", "Write it as 3/4.")
    return value


Count = Annotated[int, AfterValidator(_refuse_negative_number), AfterValidator(_refuse_huge_number)]
Some = Annotated[int, AfterValidator(_refuse_number_below_one), AfterValidator(_refuse_huge_number)]


class Draw(FileModel):
    """How many cases, and how many red flags and cases per objective at least."""

    cases: Some
    red_flags: Count
    per_objective: dict[Slug, Count] = Field(default_factory=dict)


class Pauses(FileModel):
    """Hours between a failed attempt and the next: after the first one, and after later ones."""

    first: Count
    later: Count


class ExamFile(FileModel):
    """The front matter of exam.md."""

    id: Literal["exam"]
    title: Title
    pass_mark: Annotated[Share, AfterValidator(_refuse_bad_pass_mark)]
    standard_setting: Line | None = Field(default=None, json_schema_extra=ADDED_LATER)
    """How the pass mark was set, if the authors did not simply set it."""
    draw: Draw
    tries: Some | None
    pause_hours: Pauses
    time_limit_minutes: Some | None
    time_limit_essential: bool = Field(default=False, json_schema_extra=ADDED_LATER)
    """Whether the limit is part of what the exam tests, so that learners cannot add time."""
    grace_seconds: Count
