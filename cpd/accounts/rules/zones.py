"""Whether somebody has said which time zone they are in; the day of a certificate rests on it."""

UTC = "Etc/UTC"
"""UTC as somebody has chosen it."""
UNTOLD = frozenset({"", "UTC"})
"""Nothing said: accounts begin so, and those made before the question was asked hold plain UTC."""


def is_told(zone: str) -> bool:
    """Tell whether this zone was chosen; times are shown in UTC until then."""
    return zone not in UNTOLD
