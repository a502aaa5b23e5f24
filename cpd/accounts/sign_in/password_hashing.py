"""Hashing passwords with argon2id: outside write transactions, and never many at once.

The parameters are the OWASP minimum (19 MiB, 2 passes, 1 lane): about 24 ms of one core. The gate
leaves threads of a server process free for other requests while many people sign in.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from cpd.db import is_in_unit_of_work

_AT_ONCE = 2
"""Hashes that one process computes at the same moment."""
_PLACES = 3
"""Requests of one process that compute or wait: one of its four threads stays free."""
_PATIENCE = 3.0
"""Seconds that a request waits for its turn."""
RETRY_AFTER = 3
"""Seconds after which someone who was turned away may try again."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1, type=Type.ID)

_DUMMY = "$argon2id$v=19$m=19456,t=2,p=1$mtnyVDa+8XzjOxYTbhCC+A$" + "A" * 43
"""Verified if there is no password, so that the cost is the same; nobody knows its password."""


class BusyError(RuntimeError):
    """Too many people are signing in; there will be room in a few seconds."""


class Gate:
    """Lets a few in at once, lets a few more wait, and turns the others away with BusyError."""

    def __init__(self, *, at_once: int, places: int, patience: float) -> None:
        self._turns = threading.BoundedSemaphore(at_once)
        self._places = threading.BoundedSemaphore(places)
        self._patience = patience

    @contextmanager
    def hold_turn(self) -> Iterator[None]:
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


def hash_password(password: str) -> str:
    """Return the hash to store; raises BusyError, and RuntimeError inside a write transaction."""
    _refuse_hashing_in_unit_of_work()
    with gate.hold_turn():
        return _hasher.hash(password)


def password_matches_hash(password: str, stored: str) -> bool:
    """Tell whether a password, exactly as typed, matches the stored hash; an empty hash never does.

    Costs the same in every case. Raises as `hash_password` does.
    """
    _refuse_hashing_in_unit_of_work()
    with gate.hold_turn():
        try:
            _hasher.verify(stored or _DUMMY, password)
        except (VerificationError, InvalidHashError):
            return False
    return bool(stored)


def is_hash_outdated(stored: str) -> bool:
    """Tell whether a hash was made with parameters other than the current ones."""
    return _hasher.check_needs_rehash(stored)


def _refuse_hashing_in_unit_of_work() -> None:
    if is_in_unit_of_work():
        msg = "hash the password before the write transaction begins: others would wait for it"
        raise RuntimeError(msg)
