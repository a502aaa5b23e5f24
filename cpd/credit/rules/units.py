"""From minutes to the units of an authority; nothing is ever rounded up."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from cpd.credit.rules.authority_file import Unit

LONGEST_HOUR = 60
"""The minutes of an hour whose length no source says: it gives the least credit."""
HUNDREDTH = Fraction(1, 100)
"""The step where no source says what the authority rounds to."""


@dataclass(frozen=True)
class UnitLength:
    """How long one unit is."""

    minutes: Fraction
    is_known: bool
    """Whether a source says how many minutes an hour has; if not, it has 60 here."""


def build_unit_length(unit: Unit | None) -> UnitLength | None:
    """Return how long a unit is; None where it is no length of time, such as a point."""
    if unit is None or unit.hours is None:
        return None
    hour = LONGEST_HOUR if unit.hour_minutes is None else unit.hour_minutes
    return UnitLength(unit.hours * hour, is_known=unit.hour_minutes is not None)


def round_down(value: Fraction, step: Fraction) -> Fraction:
    """Return the largest multiple of the step that is not above a value."""
    return value // step * step


def convert_minutes(minutes: Fraction, length: UnitLength, step: Fraction) -> Decimal:
    """Return the units that minutes are worth, rounded down to the step and to a hundredth."""
    return floor_to_hundredth(round_down(minutes / length.minutes, step))


def floor_to_hundredth(value: Fraction) -> Decimal:
    """Return a number to show, rounded down to a hundredth."""
    return Decimal(int(round_down(value, HUNDREDTH) * 100)).scaleb(-2)
