"""The lines that a learner is shown before starting: as JSON, as one text, and their hash."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class DisclosureLine:
    """One thing that is disclosed to a learner, with its label."""

    label: str
    text: str
    items: tuple[str, ...] = ()
    """The same words as a list, shown instead of a long text."""

    def to_json(self) -> dict[str, Any]:
        """Return what is stored."""
        return {"label": self.label, "text": self.text, "items": list(self.items)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "DisclosureLine":
        """Return the line that was stored."""
        return cls(stored["label"], stored["text"], tuple(stored["items"]))


def disclosure_as_text(lines: Sequence[DisclosureLine]) -> str:
    """Return the disclosure word for word as one text."""
    return "\n".join(f"{line.label}: {line.text}" for line in lines)


def disclosure_hash(lines: Sequence[DisclosureLine]) -> str:
    """Return the SHA-256 of a disclosure as one text."""
    return hashlib.sha256(disclosure_as_text(lines).encode()).hexdigest()
