"""How many remarks are heard before the next one has to wait."""

from datetime import datetime, timedelta

WINDOW = timedelta(hours=1)
MOST_FROM_A_NETWORK = 20
"""A whole class may sit behind one address."""
MOST_IN_ALL = 300


def free_again(oldest_that_fills: datetime) -> datetime:
    """The count is full until the oldest of the remarks that fill it leaves the window."""
    return oldest_that_fills + WINDOW
