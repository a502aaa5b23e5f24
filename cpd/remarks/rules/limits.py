"""How many remarks are accepted before the next one must wait."""

from datetime import datetime, timedelta

WINDOW = timedelta(hours=1)
MOST_FROM_A_NETWORK = 20
"""A whole class may share one IP address."""
MOST_IN_ALL = 300


def limit_ends_at(oldest: datetime) -> datetime:
    """Return when the oldest of the remarks that reach the limit leaves the window."""
    return oldest + WINDOW
