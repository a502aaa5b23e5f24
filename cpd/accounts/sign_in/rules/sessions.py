"""How long a session lasts, and how its owner recognizes its browser."""

from datetime import datetime, timedelta

IDLE = timedelta(hours=12)
"""After this long without a request, the person has to sign in again."""
ABSOLUTE = timedelta(days=14)
"""After this long, the person has to sign in again in any case."""
RECENT_LOGIN = timedelta(minutes=15)
"""How long a new session may change who may do what before the password is asked for again."""
RECORD_USE_EVERY = timedelta(minutes=5)
"""The time of the last request is recorded no more often than this."""
KEPT = timedelta(days=30)
"""How long sessions stay in the table after they began."""

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


def is_session_live(*, created_at: datetime, last_seen_at: datetime, now: datetime) -> bool:
    """Tell whether a session has reached neither limit; exactly at a limit it is over."""
    return now - last_seen_at < IDLE and now - created_at < ABSOLUTE


def must_record_session_use(*, last_seen_at: datetime, now: datetime) -> bool:
    """Tell whether the last recorded request is old enough for this one to be recorded."""
    return now - last_seen_at >= RECORD_USE_EVERY


def describe_browser(user_agent: str) -> str:
    """Return a description such as "Firefox, Android"; empty if nothing is recognized."""
    names = (
        next((name for sign, name in table if sign in user_agent), "")
        for table in (_BROWSERS, _SYSTEMS)
    )
    return ", ".join(name for name in names if name)
