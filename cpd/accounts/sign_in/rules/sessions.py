"""How long a session lasts, and how its owner recognizes its browser."""

from datetime import datetime, timedelta

IDLE = timedelta(hours=12)
"""After so long without a request the person signs in again."""
ABSOLUTE = timedelta(days=14)
"""After so long the person signs in again, whatever happened in between."""
RECENT_LOGIN = timedelta(minutes=15)
"""For so long after it began a session may change who may do what; then the password is asked."""
RECORD_USE_EVERY = timedelta(minutes=5)
"""The time of the last request is written down no more often than this."""
KEPT = timedelta(days=30)
"""Sessions stay in the table for so long after they began."""

_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)


def is_live(*, created_at: datetime, last_seen_at: datetime, now: datetime) -> bool:
    """Tell whether a session has reached neither limit; at the instant of a limit it is over."""
    return now - last_seen_at < IDLE and now - created_at < ABSOLUTE


def must_record_use(*, last_seen_at: datetime, now: datetime) -> bool:
    """Tell whether the last recorded request is so old that this one is to be recorded."""
    return now - last_seen_at >= RECORD_USE_EVERY


def describe_browser(user_agent: str) -> str:
    """Return a description such as "Firefox, Android"; empty if nothing is recognized."""
    found = (
        next((name for sign, name in table if sign in user_agent), "")
        for table in (_BROWSERS, _SYSTEMS)
    )
    return ", ".join(name for name in found if name)
