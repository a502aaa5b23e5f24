"""How long invitations, codes and visits of guests last, and how long a review takes."""

from collections.abc import Iterable
from datetime import timedelta

OPENS_FOR = timedelta(days=60)
"""An invitation opens this long, as often as needed."""
CODE_LASTS = timedelta(minutes=30)
VISIT_LASTS = timedelta(hours=12)
"""After this a browser asks for a new code."""
MOST_WRONG_CODES = 5
MINUTES_FOR_CASE, MINUTES_FOR_OTHER = 4, 6


def estimate_minutes(has_key: Iterable[bool]) -> int:
    """Return about how long it takes to review some files; a case is shorter than another file."""
    return sum(MINUTES_FOR_CASE if case else MINUTES_FOR_OTHER for case in has_key)
