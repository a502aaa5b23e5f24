"""What a hazard card says: its signs by the decision that each asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

URGENCY = ("emergency", "same_day", "postpone", "modify", "proceed")
"""The five decisions, the most urgent first."""


@dataclass(frozen=True)
class SignGroup:
    """Signs that ask for the same decision."""

    decision: str
    signs: tuple[str, ...]


def signs_of(front: Mapping[str, Any]) -> tuple[SignGroup, ...]:
    """Return the signs of a card, the most urgent first.

    A card published by an older version has one `decision` for all its signs; people who are
    enrolled in that version still meet it.
    """
    signs = front["signs"]
    if "decision" in front:
        signs = {front["decision"]: signs}
    return tuple(SignGroup(one, tuple(signs[one])) for one in URGENCY if one in signs)
