"""How often and how long somebody is invited."""

from datetime import datetime, timedelta

LASTS = timedelta(days=60)
"""How long an invitation can be accepted after it was last sent."""
PAUSE = timedelta(hours=1)
"""How long to wait before the same invitation is sent again."""
MOST_SENT = 5
"""How often one person is invited at most."""


def may_invite_again(times: int, last: datetime | None, *, now: datetime) -> bool:
    """Tell whether the same person may get another email."""
    return times < MOST_SENT and (last is None or now >= last + PAUSE)


def has_expired(last: datetime | None, *, now: datetime) -> bool:
    """Tell whether an invitation is too old to be accepted."""
    return last is None or now >= last + LASTS


def most_invited_in_a_day(seats: int | None) -> int | None:
    """Return how many people a school may invite in a day; None for any number.

    A school that anybody can start must not become a way to send emails to strangers.
    """
    return None if seats is None else 2 * seats
