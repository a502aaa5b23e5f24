"""The base class of events: what happened, published to higher rooms once it is written."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self


@dataclass(frozen=True, kw_only=True)
class Event(ABC):
    """Something that happened at an instant; all other fields are numbers, strings or booleans."""

    at: datetime

    @property
    @abstractmethod
    def key(self) -> str:
        """Unique among the events of this type; a cause that recurs gets a new key."""

    def to_json(self) -> dict[str, Any]:
        """Return the event as the outbox stores it."""
        return {**vars(self), "at": self.at.isoformat()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the event that the outbox stored."""
        return cls(**{**data, "at": datetime.fromisoformat(data["at"])})
