"""Hashing passwords: argon2id, outside write transactions, and never many at once.

Parameters follow the OWASP minimum (19 MiB, 2 passes, 1 lane): about 24 ms of one core. The gate
leaves threads of a server process free for other requests while many people sign in.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from cpd.db import in_unit_of_work

_AT_ONCE = 2
"""Hashes computed at the same moment by one process."""
_PLACES = 3
"""Requests of one process that compute or wait: one of its four threads stays free."""
_PATIENCE = 3.0
"""Seconds that one waits for its turn."""
RETRY_AFTER = 3
"""Seconds after which somebody who was turned away may try again."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1, type=Type.ID)

_DUMMY = "$argon2id$v=19$m=19456,t=2,p=1$mtnyVDa+8XzjOxYTbhCC+A$" + "A" * 43
"""Verified where there is no password, so that it costs the same; no password is known for it."""


class BusyError(RuntimeError):
    """More people sign in at this moment than can be let in; they may try again in seconds."""


class Gate:
    """Lets few in at once, lets few more wait, and turns the others away with BusyError."""

    def __init__(self, *, at_once: int, places: int, patience: float) -> None:
        self._turns = threading.BoundedSemaphore(at_once)
        self._places = threading.BoundedSemaphore(places)
        self._patience = patience

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn and hold it."""
        if not self._places.acquire(blocking=False):
            raise BusyError
        try:
            if not self._turns.acquire(timeout=self._patience):
                raise BusyError
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._places.release()


gate = Gate(at_once=_AT_ONCE, places=_PLACES, patience=_PATIENCE)


def hash_of(password: str) -> str:
    """Return the hash to store; raises BusyError, and RuntimeError inside a write transaction."""
    _refuse_in_unit()
    with gate.turn():
        return _hasher.hash(password)


def matches(password: str, stored: str) -> bool:
    """Tell whether a password, exactly as typed, is the stored one; nothing matches an empty hash.

    Costs the same in every case. Raises as `hash_of` does.
    """
    _refuse_in_unit()
    with gate.turn():
        try:
            _hasher.verify(stored or _DUMMY, password)
        except (VerificationError, InvalidHashError):
            return False
    return bool(stored)


def is_outdated(stored: str) -> bool:
    """Tell whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def _refuse_in_unit() -> None:
    if in_unit_of_work():
        msg = "a password is hashed before the write transaction opens: others would wait for it"
        raise RuntimeError(msg)
