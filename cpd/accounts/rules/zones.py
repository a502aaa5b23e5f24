"""Whether someone has chosen a time zone; it decides which day their certificate names."""

UTC = "Etc/UTC"
"""UTC, when a person has chosen it."""
NOT_CHOSEN = frozenset({"", "UTC"})
"""What new accounts hold, and accounts older than the question."""


def is_zone_chosen(zone: str) -> bool:
    """Tell whether this zone was chosen; until then times are shown in UTC."""
    return zone not in NOT_CHOSEN
