"""Whether somebody has chosen a time zone; it decides which day their certificate names."""

UTC = "Etc/UTC"
"""UTC, as somebody has chosen it."""
NOT_CHOSEN = frozenset({"", "UTC"})
"""What new accounts hold, and what accounts held that are older than the question."""


def is_chosen(zone: str) -> bool:
    """Tell whether this zone was chosen; until then times are shown in UTC."""
    return zone not in NOT_CHOSEN
