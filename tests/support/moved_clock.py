"""A clock that a test sets; it stands still in between."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

from cpd.kernel import clock

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
"""When every test begins: a Monday morning."""


class MovedClock:
    """Moves the one clock of the process, until it is closed."""

    def __init__(self) -> None:
        """Take over the clock, at `NOW`."""
        self._moved = ExitStack()
        self.set(NOW)

    def now(self) -> datetime:
        """Return the instant it stands at."""
        return clock.now()

    def set(self, instant: datetime) -> None:
        """Let it stand at an instant."""
        self._moved.close()
        self._moved.enter_context(clock.moved_to(instant))

    def advance(self, **amount: float) -> datetime:
        """Move it on, by `hours=12` and the like, and return the instant."""
        self.set(clock.now() + timedelta(**amount))
        return clock.now()

    def close(self) -> None:
        """Give the clock back."""
        self._moved.close()
