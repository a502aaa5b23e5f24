"""The one place that reads the computer's clock."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


def _system() -> datetime:
    return datetime.now(UTC)


_read: Callable[[], datetime] = _system


def now() -> datetime:
    """Return the present instant, always aware and in UTC."""
    return _read()


@contextmanager
def moved_to(instant: datetime) -> Iterator[None]:
    """Let `now()` stand at an instant: for tests, and for demo history made by the real actions.

    Raises ValueError for a naive instant.
    """
    if instant.tzinfo is None:
        msg = "the clock can only be moved to an aware instant"
        raise ValueError(msg)
    global _read  # noqa: PLW0603 - the clock is one for the whole process, threads included
    before, fixed = _read, instant.astimezone(UTC)
    _read = lambda: fixed  # noqa: E731
    try:
        yield
    finally:
        _read = before
