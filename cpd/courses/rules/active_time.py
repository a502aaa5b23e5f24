"""When a minute on a section's page counts as active; evidence, never a condition of anything."""

from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
"""What one report of the page stands for, and the shortest time between two that count."""
IDLE_LIMIT = timedelta(minutes=5)
"""How long after the reader last moved, typed or scrolled the page still counts as in use."""


def is_minute_active(now: datetime, *, since: datetime, idle: timedelta) -> bool:
    """Tell whether a report counts as one minute.

    `since` is the last report that counted under the enrollment, whatever its section, or else the
    start of the enrollment. So the minutes of several pages that are open at once never add up to
    more than the time that has passed.
    """
    return now - since >= MINUTE and timedelta(0) <= idle <= IDLE_LIMIT
