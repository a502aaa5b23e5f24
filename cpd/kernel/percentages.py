"""Shares as whole percentages, written as each language writes them: 75% in English."""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from babel import Locale
from babel.numbers import format_percent as format_share

_ENGLISH = Locale("en")


@lru_cache(maxsize=1024)
def format_percent(share: Fraction, locale: Locale = _ENGLISH) -> str:
    """Return a share as a whole percentage, rounded down: 74.9% is not 75%."""
    return format_share(Decimal(int(share * 100)) / 100, locale=locale)
