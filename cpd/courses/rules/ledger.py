"""The ledger of a course: two series of entries, which of two entries wins, and statuses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

RETRACTED = "retracted"


class Series(StrEnum):
    """Which file an entry is in: the one that came with the course, or the site's own."""

    SHIPPED = "shipped"
    HERE = "here"


def ledger_entry_sort_key(day: date, series: Series, position: int) -> tuple[date, bool, int]:
    """Return the sort key of an entry; of two that contradict each other, the later one wins.

    Entries are sorted by their own day, no matter when they arrived; on the same day the site's own
    come last.
    """
    return day, series is Series.HERE, position


def status_replaces(status: str, before: str | None) -> bool:
    """Tell whether a status replaces the one before it: a retraction is final."""
    return before != RETRACTED or status == RETRACTED


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
        """Read the data of a ledger entry."""
        on = data.get("on")
        return cls(
            status=data.get("status") or UNCHECKED,
            on=date.fromisoformat(on) if on else None,
            by=data.get("by") or "",
            note=data.get("note") or "",
        )


SIGN_OFF, OBJECTION = "sign-off", "objection"
"""The types of the entries that sign one exact text, and that end such a signature."""


class StopKind(StrEnum):
    """How a version was stopped: for the time being, or for good."""

    PAUSE = "pause"
    WITHDRAWAL = "withdrawal"


RESUMPTION = "resumption"
STOPPING_TYPES = (StopKind.PAUSE, RESUMPTION, StopKind.WITHDRAWAL)
"""The types of the entries that stop a version of a course or let it go on."""


@dataclass(frozen=True)
class Stop:
    """Why nobody can start a version of a course, sit its exam or get its certificate."""

    kind: StopKind
    on: date
    by: str = ""
    note: str = ""
    """What is wrong, in words that learners read."""

    @property
    def is_final(self) -> bool:
        """Whether the version was withdrawn, which nothing takes back."""
        return self.kind is StopKind.WITHDRAWAL


def stop_after_entry(
    before: Stop | None, type_: str, day: date, data: Mapping[str, Any]
) -> Stop | None:
    """Return how a version is stopped after one more entry about it, or None if it is not."""
    if before is not None and before.is_final:
        return before
    if type_ == RESUMPTION:
        return None
    return Stop(StopKind(type_), day, data.get("by") or "", data.get("note") or "")


NOT_CHECKED = EvidenceStatus()
"""The status of a source that the ledger does not mention."""
