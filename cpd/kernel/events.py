"""The base class of events: what happened, published to higher rooms once it is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened at an instant; all other fields are numbers, strings or booleans."""

    at: datetime

    identified_by: ClassVar[tuple[str, ...]]
    """The fields that tell an event from all others of its type, also from one that recurs."""

    @property
    def identity_key(self) -> str:
        """The values of these fields, such as "12/3"."""
        return "/".join(str(getattr(self, name)) for name in self.identified_by)

    def to_json(self) -> dict[str, Any]:
        """Return the event as the outbox stores it."""
        return {**vars(self), "at": self.at.isoformat()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the event that the outbox stored."""
        return cls(**{**data, "at": datetime.fromisoformat(data["at"])})
