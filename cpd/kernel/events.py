"""What an event is: something that happened, told to higher rooms once it is written."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self


@dataclass(frozen=True, kw_only=True)
class Event(ABC):
    """Something that happened at an instant; its other fields are numbers, texts and booleans."""

    at: datetime

    @property
    @abstractmethod
    def key(self) -> str:
        """What tells it from every other event of its type: a cause that recurs has a new one."""

    def to_json(self) -> dict[str, Any]:
        """Return it as the outbox keeps it."""
        return {**vars(self), "at": self.at.isoformat()}

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> Self:
        """Return the event that the outbox kept."""
        return cls(**{**facts, "at": datetime.fromisoformat(facts["at"])})
