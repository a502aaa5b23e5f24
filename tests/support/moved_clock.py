"""A clock that a test sets, and that does not move by itself."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cpd.kernel import clock

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
"""When every test begins: a Monday morning."""


class MovedClock:
    """Moves the clock of the process until it is closed."""

    def __init__(self) -> None:
        """Take over the clock, at `NOW`."""
        self._moved = ExitStack()
        self.set(NOW)

    def now(self) -> datetime:
        """Return the instant it shows."""
        return clock.now()

    def set(self, instant: datetime) -> None:
        """Set it to an instant."""
        self._moved.close()
        self._moved.enter_context(clock.freeze_at(instant))

    def advance(self, **amount: float) -> datetime:
        """Move it forward, by `hours=12` for example, and return the instant."""
        self.set(clock.now() + timedelta(**amount))
        return clock.now()

    def close(self) -> None:
        """Restore the real clock."""
        self._moved.close()


@dataclass(frozen=True)
class SharedClock:
    """A clock of this process and of a server, which reads it in a file: `moved_site`."""

    own: MovedClock
    file: Path

    def set(self, instant: datetime) -> None:
        """Set it to an instant, in both at once."""
        self.own.set(instant)
        fresh = self.file.with_suffix(".new")
        fresh.write_text(instant.isoformat())
        fresh.replace(self.file)

    def advance(self, **amount: float) -> None:
        """Move it forward, by `minutes=25` for example."""
        self.set(self.own.now() + timedelta(**amount))
