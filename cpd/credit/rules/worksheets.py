"""The arithmetic of a course's credit: what is counted, computed and measured, as stable bytes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from cpd.credit.rules.authorities import Authority
from cpd.credit.rules.formulas import FORMULAS, CourseSize, Formula
from cpd.credit.rules.units import (
    LONGEST_HOUR,
    UnitLength,
    build_unit_length,
    convert_minutes,
    floor_to_hundredth,
)
from cpd.kernel.canonical import Json, encode_json, format_fraction, hash_json

SCHEMA = 1
"""The version of a worksheet's JSON, increased whenever its structure changes."""


@dataclass(frozen=True)
class CourseVersionToCount:
    """The version of a course that a worksheet is about."""

    title: str
    revision: str
    """Its public id."""
    number: int
    content_hash: str
    size: CourseSize
    words_in_sections: int
    words_in_practice: int


@dataclass(frozen=True)
class FormulaLine:
    """What one formula makes of the course."""

    formula: Formula
    arithmetic: str
    minutes: Fraction | None
    """None where the formula needs something that nobody has entered."""

    @property
    def minutes_to_show(self) -> Decimal | None:
        """The minutes, rounded down to a hundredth."""
        return None if self.minutes is None else floor_to_hundredth(self.minutes)

    @property
    def hours_to_show(self) -> Decimal | None:
        """The credit in the formula's own hours, rounded down as its publisher does."""
        if self.minutes is None:
            return None
        own_hour = UnitLength(Fraction(self.formula.hour_minutes), is_known=True)
        return convert_minutes(self.minutes, own_hour, self.formula.step)


class NotComputed(StrEnum):
    """Why nothing is computed for an authority."""

    REFLECTION = "reflection"
    """It counts no time at all."""
    NO_FORMULA = "no-formula"
    """No source names a formula for self-paced courses."""
    NO_LENGTH = "no-length"
    """Its unit is no length of time, or the sources do not settle how long it is."""
    NO_DIFFICULTY = "no-difficulty"
    """Its formula needs a reviewer's rating of the difficulty."""


@dataclass(frozen=True)
class AuthorityLine:
    """What the course is worth to one authority."""

    authority: Authority
    unit: str | None
    """As a certificate writes it; None where it is unknown."""
    length: UnitLength | None
    formula: Formula | None
    minutes: Fraction | None
    step: Fraction
    is_step_known: bool
    amount: Decimal | None
    """The most that may be claimed by the formula; None where nothing is computed."""
    not_computed: NotComputed | None

    @property
    def step_to_show(self) -> Decimal:
        """The step as a decimal number."""
        return floor_to_hundredth(self.step)


@dataclass(frozen=True)
class Worksheet:
    """The computed credit of one version of a course; the same input always gives the same bytes.

    It says nothing about whether an authority has approved the course.
    """

    course: CourseVersionToCount
    computed_on: date
    """The day whose rules were applied."""
    formulas: tuple[FormulaLine, ...]
    authorities: tuple[AuthorityLine, ...]

    def find_line(self, slug: str) -> AuthorityLine | None:
        """Return the line of an authority."""
        return next((line for line in self.authorities if line.authority.slug == slug), None)

    def narrow(self, slug: str) -> "Worksheet":
        """Return the worksheet for one authority alone, as a certificate for it needs it."""
        lines = tuple(line for line in self.authorities if line.authority.slug == slug)
        return Worksheet(self.course, self.computed_on, self.formulas, lines)

    def to_json(self) -> Json:
        """Return it as JSON that `encode_json` turns into stable bytes."""
        return {
            "schema": SCHEMA,
            "course": _course_to_json(self.course),
            "computed_on": self.computed_on.isoformat(),
            "formulas": [_formula_line_to_json(line) for line in self.formulas],
            "authorities": [_authority_line_to_json(line) for line in self.authorities],
        }

    def encode(self) -> bytes:
        """Return its canonical bytes."""
        return encode_json(self.to_json())

    @property
    def content_hash(self) -> str:
        """The SHA-256 of its canonical bytes."""
        return hash_json(self.to_json())


@dataclass(frozen=True)
class MeasuredTime:
    """The minutes that one learner was active on the pages of a course; evidence, never a claim."""

    minutes_by_section: tuple[tuple[str, int], ...] = field(default=())
    """By the slug of the section, in the order of the course."""

    @property
    def minutes(self) -> int:
        """All minutes."""
        return sum(minutes for _, minutes in self.minutes_by_section)

    def to_json(self) -> Json:
        """Return it as JSON, apart from anything computed."""
        return {
            "minutes": self.minutes,
            "sections": [
                {"section": section, "minutes": minutes}
                for section, minutes in self.minutes_by_section
            ],
        }


def combine_worksheet_json(worksheet: Worksheet, measured: MeasuredTime) -> Json:
    """Return the worksheet of one learner's certificate: computed and measured, kept apart."""
    return {"computed": worksheet.to_json(), "measured": measured.to_json()}


def build_worksheet(
    course: CourseVersionToCount, authorities: Sequence[Authority], *, today: date
) -> Worksheet:
    """Compute the credit of a version of a course by all formulas and for these authorities."""
    formulas = {name: _build_formula_line(one, course.size) for name, one in FORMULAS.items()}
    return Worksheet(
        course,
        today,
        tuple(formulas.values()),
        tuple(_build_authority_line(one, course.size, today) for one in authorities),
    )


def _build_formula_line(formula: Formula, size: CourseSize) -> FormulaLine:
    return FormulaLine(formula, formula.describe(size), formula.compute(size))


def _build_authority_line(authority: Authority, size: CourseSize, today: date) -> AuthorityLine:
    unit = authority.find_unit(today)
    length = build_unit_length(unit)
    formula = authority.find_formula(today)
    minutes = formula.compute(size) if formula else None
    step = authority.find_step_or_hundredth(today)
    is_computed = minutes is not None and length is not None
    return AuthorityLine(
        authority=authority,
        unit=unit.label if unit else None,
        length=length,
        formula=formula,
        minutes=minutes,
        step=step,
        is_step_known=authority.find_step(today) is not None,
        amount=convert_minutes(minutes, length, step) if minutes is not None and length else None,
        not_computed=None
        if is_computed
        else _find_why_not_computed(authority, formula, has_minutes=minutes is not None),
    )


def _find_why_not_computed(
    authority: Authority, formula: Formula | None, *, has_minutes: bool
) -> NotComputed:
    if authority.file.counts == "reflection":
        return NotComputed.REFLECTION
    if formula is None:
        return NotComputed.NO_FORMULA
    return NotComputed.NO_LENGTH if has_minutes else NotComputed.NO_DIFFICULTY


def _course_to_json(course: CourseVersionToCount) -> Json:
    size = course.size
    return {
        "title": course.title,
        "revision": course.revision,
        "number": course.number,
        "content_hash": course.content_hash,
        "words": size.words,
        "words_in_sections": course.words_in_sections,
        "words_in_practice": course.words_in_practice,
        "media_minutes": format_fraction(size.media_minutes),
        "questions": size.questions,
        "difficulty": None if size.difficulty is None else format_fraction(size.difficulty),
    }


def _formula_line_to_json(line: FormulaLine) -> Json:
    return {
        "formula": line.formula.name,
        "source": line.formula.source,
        "arithmetic": line.arithmetic,
        "minutes": None if line.minutes is None else format_fraction(line.minutes),
    }


def _authority_line_to_json(line: AuthorityLine) -> Json:
    length = line.length
    return {
        "authority": line.authority.slug,
        "rules": line.authority.version,
        "unit": line.unit,
        "unit_minutes": None if length is None else format_fraction(length.minutes),
        "hour": "known" if length is not None and length.is_known else f"taken as {LONGEST_HOUR}",
        "formula": None if line.formula is None else line.formula.name,
        "step": format_fraction(line.step),
        "is_step_known": line.is_step_known,
        "amount": None if line.amount is None else str(line.amount),
        "not_computed": line.not_computed,
    }
