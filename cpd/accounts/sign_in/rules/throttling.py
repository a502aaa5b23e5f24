"""How many tries at one door may fail, or be made, before the next one has to wait.

A browser that signed in to an account before is counted by itself, so that strangers who guess can
never lock the owner out; it is not a way round the limits, because it has its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Counted(StrEnum):
    """By what tries are counted."""

    ACCOUNT = "account"
    SOURCE = "source"
    TOTAL = "total"
    DEVICE = "device"


class Door(StrEnum):
    """What is tried; each door counts for itself."""

    SIGN_IN = "sign_in"
    """Passwords; a right one is not counted."""
    EMAIL = "letter"
    """Asking for a letter with a code or a link; each one counts."""
    CODE = "code"
    """Codes out of such a letter; a right one is not counted."""
    SECOND_FACTOR = "second_factor"
    """Codes from an app, after the password; a right one is not counted."""


@dataclass(frozen=True)
class Limit:
    """How many tries are heard within a window."""

    window: timedelta
    most: Mapping[Counted, int]
    spared: int = 0
    """An account with fewer tries is heard though its network used its own up: one who guesses
    behind the address of a school does not lock the school out."""
    at_half: int | None = None
    """How many one network is heard for once half of the total is spent: enough for a class, and a
    handful of networks cannot use the rest up."""


def _most(account: int, source: int, total: int) -> Mapping[Counted, int]:
    return {
        Counted.ACCOUNT: account,
        Counted.SOURCE: source,
        Counted.TOTAL: total,
        Counted.DEVICE: account,
    }


LIMITS: Mapping[Door, Limit] = {
    Door.SIGN_IN: Limit(timedelta(minutes=5), _most(10, 50, 1000), spared=3),
    Door.EMAIL: Limit(timedelta(minutes=15), _most(3, 250, 1000), at_half=30),
    Door.CODE: Limit(timedelta(minutes=5), _most(10, 50, 1000), spared=3),
    Door.SECOND_FACTOR: Limit(timedelta(hours=1), _most(10, 50, 1000), spared=3),
}


def which_apply(*, known_device: bool) -> Sequence[Counted]:
    """Return the counts that this try must pass."""
    if known_device:
        return (Counted.DEVICE,)
    return (Counted.ACCOUNT, Counted.SOURCE, Counted.TOTAL)


def free_again(oldest_that_fills: datetime, limit: Limit) -> datetime:
    """A count is full until the oldest of the tries that fill it leaves the window."""
    return oldest_that_fills + limit.window
