"""How long a signed-in session lasts."""

from datetime import datetime, timedelta

IDLE = timedelta(hours=12)
"""After so long without a request the person signs in again."""
ABSOLUTE = timedelta(days=14)
"""After so long the person signs in again whatever happened in between."""
PROVEN = timedelta(minutes=15)
"""So long after it began a session may change who may do what; then proof is asked again."""
TOUCH = timedelta(minutes=5)
"""How exactly the last request is remembered: it is written no more often than this."""
KEPT = timedelta(days=30)
"""Sessions that ended stay in the table for so long after they began."""


def is_live(*, created_at: datetime, last_seen_at: datetime, now: datetime) -> bool:
    """A session lives while neither limit is reached; at the very instant of a limit it is over."""
    return now - last_seen_at < IDLE and now - created_at < ABSOLUTE


def is_stale(*, last_seen_at: datetime, now: datetime) -> bool:
    """Tell whether the last request was so long ago that this one is to be written down."""
    return now - last_seen_at >= TOUCH
