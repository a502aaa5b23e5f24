"""The lines that a learner is told before starting: joined for their hash, and kept as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Line:
    """One thing told, under its label."""

    label: str
    text: str
    items: tuple[str, ...] = ()
    """The same words as a list, to be shown in place of a text that would be long."""

    def to_json(self) -> dict[str, Any]:
        """Return what is stored."""
        return {"label": self.label, "text": self.text, "items": list(self.items)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Line":
        """Return the line that was stored."""
        return cls(stored["label"], stored["text"], tuple(stored["items"]))


def as_text(lines: Sequence[Line]) -> str:
    """Return the disclosure word for word as one text: what its hash is over."""
    return "\n".join(f"{line.label}: {line.text}" for line in lines)
