"""How far a source was checked, as the ledger of the course last said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

UNCHECKED = "unchecked"


@dataclass(frozen=True)
class EvidenceStatus:
    """One status of one source: checked, unchecked, superseded, retracted, does-not-support."""

    status: str = UNCHECKED
    on: date | None = None
    by: str = ""
    note: str = ""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "EvidenceStatus":
        """Read what a ledger entry holds."""
        on = data.get("on")
        return cls(
            status=data.get("status") or UNCHECKED,
            on=date.fromisoformat(on) if on else None,
            by=data.get("by") or "",
            note=data.get("note") or "",
        )


NOT_CHECKED = EvidenceStatus()
"""What a source is that the ledger does not mention."""
