"""The one place that reads the computer's clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_stopped_at: list[datetime] = []
"""The instant at which `freeze_at` holds the clock of the process; empty while the clock runs."""


def now() -> datetime:
    """Return the current instant, always aware and in UTC."""
    return next(iter(_stopped_at), None) or datetime.now(UTC)


def keep_in_order(now: datetime, *earlier: datetime | None) -> datetime:
    """Return `now`, or the latest of what came earlier if the clock has been set back since.

    Whatever is stored about a course, an exam or a certificate passes through here, so that nothing
    ends before it began.
    """
    return max([now, *(instant for instant in earlier if instant is not None)])


@contextmanager
def freeze_at(instant: datetime) -> Iterator[None]:
    """Make `now()` return this instant: for tests, and for demo history made by the real actions.

    Raises ValueError for a naive instant.
    """
    if instant.tzinfo is None:
        msg = "the clock can only be moved to an aware instant"
        raise ValueError(msg)
    before = tuple(_stopped_at)
    _stopped_at[:] = [instant.astimezone(UTC)]
    try:
        yield
    finally:
        _stopped_at[:] = before
