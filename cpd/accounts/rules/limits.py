"""How many sign-ins may fail before the next one has to wait.

A browser that signed in to an account before is counted by itself, so that strangers who guess can
never lock the owner out; it is not a way round the limits, because it has its own.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

WINDOW = timedelta(minutes=5)


class Counted(StrEnum):
    """By what tries are counted."""

    ACCOUNT = "account"
    SOURCE = "source"
    TOTAL = "total"
    DEVICE = "device"


MOST: Mapping[Counted, int] = {
    Counted.ACCOUNT: 10,
    Counted.SOURCE: 50,
    Counted.TOTAL: 1000,
    Counted.DEVICE: 10,
}
"""Tries that may fail within the window."""


def which_apply(*, known_device: bool) -> Sequence[Counted]:
    """Return the counts that this try must pass."""
    if known_device:
        return (Counted.DEVICE,)
    return (Counted.ACCOUNT, Counted.SOURCE, Counted.TOTAL)


def free_again(oldest_that_fills: datetime) -> datetime:
    """A count is full until the oldest of the tries that fill it leaves the window."""
    return oldest_that_fills + WINDOW
