"""The published formulas that turn the size of a self-paced course into minutes of learning."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from cpd.content.readability import WORDS_PER_MINUTE
from cpd.courses.rules.reading import WORDS_PER_CE, WORDS_RULE

FormulaName = Literal["ncbtmb", "nasba", "mergener"]

LOWEST_DIFFICULTY, HIGHEST_DIFFICULTY = 1, 5


@dataclass(frozen=True)
class CourseSize:
    """What formulas count of one version of a course."""

    words: int
    """Words that must be read, without titles, sources and authors."""
    media_minutes: Fraction = Fraction(0)
    """Minutes of audio and video that must be heard or seen."""
    questions: int = 0
    """Questions of one final exam."""
    difficulty: Fraction | None = None
    """From 1 to 5, as an expert reviewer rated it; none if nobody has."""

    def __post_init__(self) -> None:
        """Refuse sizes that cannot be."""
        if self.words < 0 or self.media_minutes < 0 or self.questions < 0:
            msg = "A course has no negative size."
            raise ValueError(msg)
        rated = self.difficulty
        if rated is not None and not LOWEST_DIFFICULTY <= rated <= HIGHEST_DIFFICULTY:
            msg = f"The difficulty {rated} does not lie between 1 and 5."
            raise ValueError(msg)


@dataclass(frozen=True)
class Formula:
    """One formula, where it is published, and how it is written down."""

    name: FormulaName
    title: str
    source: str
    compute: Callable[[CourseSize], Fraction | None]
    """The minutes, never negative; none where the size lacks what the formula needs."""
    describe: Callable[[CourseSize], str]
    """The arithmetic with the numbers in it."""
    step: Fraction = Fraction(1, 100)
    """What its publisher rounds down to; a hundredth where the publisher says nothing."""
    hour_minutes: int = 60
    """Minutes in one hour of the credit that its publisher gives."""
    is_official: bool = True
    """Whether the source is its publisher's own page."""


def _compute_ncbtmb(size: CourseSize) -> Fraction:
    """12,000 words read are 1 CE, and so is one hour of audio or video."""
    return Fraction(size.words * 60, WORDS_PER_CE) + size.media_minutes


def _describe_ncbtmb(size: CourseSize) -> str:
    return (
        f"{size.words:,} words ÷ {WORDS_PER_MINUTE} a minute"
        f" + {_format_number(size.media_minutes)} minutes of audio and video"
    )


def _compute_nasba(size: CourseSize) -> Fraction:
    return Fraction(size.words, 180) + size.media_minutes + size.questions * Fraction(185, 100)


def _describe_nasba(size: CourseSize) -> str:
    return (
        f"{size.words:,} words ÷ 180 a minute"
        f" + {_format_number(size.media_minutes)} minutes of audio and video"
        f" + {size.questions} questions × 1.85 minutes"
    )


def _compute_mergener(size: CourseSize) -> Fraction | None:
    if size.difficulty is None:
        return None
    inner = (
        Fraction(-223, 10)
        + Fraction(209, 100_000) * size.words
        + Fraction(278, 100) * size.questions
        + Fraction(155, 10) * size.difficulty
    )
    return max(Fraction(9, 10) * inner, Fraction(0))


def _describe_mergener(size: CourseSize) -> str:
    difficulty = "?" if size.difficulty is None else _format_number(size.difficulty)
    return (
        f"0.9 × (−22.3 + 0.00209 × {size.words:,} words + 2.78 × {size.questions} questions"
        f" + 15.5 × difficulty {difficulty})"
    )


def _format_number(value: Fraction) -> str:
    """Write a number with as many decimals as it needs, at most two, rounded down."""
    whole, hundredths = divmod(value.numerator * 100 // value.denominator, 100)
    return f"{whole}.{hundredths:02}".rstrip("0").rstrip(".")


FORMULAS: Mapping[FormulaName, Formula] = {
    formula.name: formula
    for formula in (
        Formula(
            name="ncbtmb",
            title="NCBTMB, home study",
            source=WORDS_RULE,
            compute=_compute_ncbtmb,
            describe=_describe_ncbtmb,
        ),
        Formula(
            name="nasba",
            title="NASBA, self-study",
            source="https://cpe-calc.pages.dev/",
            compute=_compute_nasba,
            describe=_describe_nasba,
            step=Fraction(1, 2),
            hour_minutes=50,
            is_official=False,
        ),
        Formula(
            name="mergener",
            title="Mergener",
            source="https://cccep.ca/accreditation/mergener-formula/",
            compute=_compute_mergener,
            describe=_describe_mergener,
        ),
    )
}
"""All formulas. A site computes with the one that an authority's file names, and shows the others
to compare."""
