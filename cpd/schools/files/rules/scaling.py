"""From a score to what a grade file holds: points out of so many, never rounded up."""

from decimal import Decimal, InvalidOperation
from fractions import Fraction

from cpd.schools.files.rules.matching import is_row_of_totals
from cpd.schools.files.rules.tables import Table

USUAL_MOST = Decimal(100)
_LARGEST = Decimal(100_000)


def scale_score(score: Fraction, most: Decimal) -> Decimal:
    """Return a score as points out of the most that can be reached; 74.999 is not 75."""
    return Decimal(int(score * Fraction(most) * 100)) / 100


def find_most(table: Table, column: int) -> Decimal:
    """Return the points that the file itself says can be reached in a column, or else 100."""
    for row in table.rows:
        if is_row_of_totals(row) and (most := parse_most(row.read_cell(column))):
            return most
    return USUAL_MOST


def parse_most(text: str) -> Decimal | None:
    """Return the points that can be reached, as a person typed them; None if they make no sense."""
    try:
        most = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return most if most.is_finite() and 0 < most <= _LARGEST else None
