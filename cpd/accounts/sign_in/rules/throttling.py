"""How many attempts may fail, or be made, before the next one has to wait.

A browser that has signed in to an account before is counted separately, so that strangers who guess
can never lock the owner out. This does not get around the limits: such a browser has its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto


class CountedBy(StrEnum):
    """What the attempts that one limit counts have in common."""

    ACCOUNT = auto()
    SOURCE = auto()
    """The network."""
    TOTAL = auto()
    DEVICE = auto()
    """A browser that has signed in to the account before."""


class ThrottleScope(StrEnum):
    """What is attempted; the values are stored.

    Each scope is counted separately, so that wrong codes do not use up the attempts at a password.
    """

    SIGN_IN = "sign_in"
    """Passwords; a correct one is not counted."""
    EMAIL = "letter"
    """Requests for an email with a code or a link; each one counts."""
    EMAIL_CODE = "code"
    """Codes from such an email; a correct one is not counted."""
    MFA_CODE = "second_factor"
    """Codes from an app, after the password; a correct one is not counted."""
    JOIN_CODE = "join_code"
    """Codes with which people join a class; only one that never existed is counted."""


@dataclass(frozen=True)
class Limit:
    """How many attempts are allowed within a window of time."""

    window: timedelta
    maximum: Mapping[CountedBy, int]
    reserve: int = 0
    """An account with fewer attempts than this may continue even if its network is at its limit:
    someone who guesses from a school's network does not lock the school out."""
    scarce_source_maximum: int | None = None
    """How many one network is allowed once half of the total is used: enough for a class, but a
    handful of networks cannot use up the rest."""


def _build_maximum_counts(account: int, source: int, total: int) -> Mapping[CountedBy, int]:
    return {
        CountedBy.ACCOUNT: account,
        CountedBy.SOURCE: source,
        CountedBy.TOTAL: total,
        CountedBy.DEVICE: account,
    }


LIMITS: Mapping[ThrottleScope, Limit] = {
    ThrottleScope.SIGN_IN: Limit(
        timedelta(minutes=5), _build_maximum_counts(10, 50, 1000), reserve=3
    ),
    ThrottleScope.EMAIL: Limit(
        timedelta(minutes=15), _build_maximum_counts(3, 250, 1000), scarce_source_maximum=30
    ),
    ThrottleScope.EMAIL_CODE: Limit(
        timedelta(minutes=5), _build_maximum_counts(10, 50, 1000), reserve=3
    ),
    ThrottleScope.MFA_CODE: Limit(
        timedelta(hours=1), _build_maximum_counts(10, 50, 1000), reserve=3
    ),
    ThrottleScope.JOIN_CODE: Limit(
        timedelta(minutes=5), _build_maximum_counts(20, 100, 1000), reserve=3
    ),
}


def list_applicable_counts(*, is_known_browser: bool) -> Sequence[CountedBy]:
    """Return the counts that must have room for an attempt."""
    if is_known_browser:
        return (CountedBy.DEVICE,)
    return (CountedBy.ACCOUNT, CountedBy.SOURCE, CountedBy.TOTAL)


def compute_room_again_at(oldest_that_fills: datetime, limit: Limit) -> datetime:
    """Return when a full count has room: when the oldest attempt of those leaves the window."""
    return oldest_that_fills + limit.window
