"""The window of an assignment: when it opens, is due and closes, for a class and for one person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from cpd.schools.assignments.rules.local_times import LocalTime


class WindowFault(StrEnum):
    """What is wrong with the dates of an assignment."""

    DUE_BEFORE_OPENING = "due-before-opening"
    CLOSES_BEFORE_DUE = "closes-before-due"
    CLOSES_BEFORE_OPENING = "closes-before-opening"


class Stage(StrEnum):
    """Where an instant lies in a window."""

    BEFORE = "before"
    OPEN = "open"
    LATE = "late"
    """After it was due, while late work is still taken."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Window:
    """When an assignment opens, is due and closes.

    It is open from the first until the last instant, without the last. What is done at the instant
    when it is due is on time.
    """

    due: LocalTime
    opens: LocalTime | None = None
    """None for open at once."""
    closes: LocalTime | None = None
    """None while late work is taken without an end."""

    def stage_at(self, now: datetime) -> Stage:
        """Return where an instant lies."""
        if self.opens is not None and now < self.opens.instant:
            return Stage.BEFORE
        if self.closes is not None and now >= self.closes.instant:
            return Stage.CLOSED
        return Stage.LATE if now > self.due.instant else Stage.OPEN

    def extend_to(self, until: LocalTime) -> Window:
        """Return the window of a person with a later date; it never shortens the window."""
        closes = self.closes
        if closes is not None:
            closes = max(closes, until, key=_get_instant)
        return replace(self, due=max(self.due, until, key=_get_instant), closes=closes)


def _get_instant(time: LocalTime) -> datetime:
    return time.instant


def find_window_faults(window: Window) -> tuple[WindowFault, ...]:
    """Return what is wrong with the dates, each a question to the person who set them."""
    faults = []
    opens, due, closes = window.opens, window.due, window.closes
    if opens is not None and due.instant <= opens.instant:
        faults.append(WindowFault.DUE_BEFORE_OPENING)
    if closes is not None and closes.instant < due.instant:
        faults.append(WindowFault.CLOSES_BEFORE_DUE)
    if closes is not None and opens is not None and closes.instant <= opens.instant:
        faults.append(WindowFault.CLOSES_BEFORE_OPENING)
    return tuple(faults)
