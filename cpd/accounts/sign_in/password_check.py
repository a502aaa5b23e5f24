"""Checking a password within the limits on guessing, without revealing whether an account exists.

Known and unknown addresses take the same work and get the same answer.
"""

from dataclasses import dataclass
from datetime import datetime

from cpd.accounts.sign_in import password_hashing, queries
from cpd.accounts.sign_in.throttle import (
    Throttled,
    ThrottleKey,
    clear_attempt,
    record_attempt_if_allowed,
)
from cpd.db import db, unit_of_work


@dataclass(frozen=True)
class VerifiedPassword:
    """The password was right; the action that relies on this clears the attempt."""

    attempt_id: int
    person_id: int
    password_hash: str
    """The hash it was checked against; if the account has a different one by now, this is void."""
    better_hash: str = ""
    """The same password hashed with the current parameters, if the stored hash is outdated."""


@dataclass(frozen=True)
class WrongPassword:
    """The address or the password is wrong."""


def verify_password_within_limits(
    address: str, password: str, *, key: ThrottleKey, now: datetime
) -> VerifiedPassword | WrongPassword | Throttled:
    """Check a password for an address; raises password_hashing.BusyError."""
    with unit_of_work() as session:
        attempt = record_attempt_if_allowed(session, key, now=now)
    if isinstance(attempt, Throttled):
        return attempt
    stored = queries.find_credentials(db.session(), address)
    try:
        is_right = password_hashing.password_matches_hash(
            password, stored.password_hash if stored else ""
        )
    except password_hashing.BusyError:
        with unit_of_work() as session:
            clear_attempt(session, attempt)
        raise
    if stored is None or not is_right:
        return WrongPassword()
    better_hash = _compute_better_hash_if_outdated(password, stored.password_hash)
    return VerifiedPassword(attempt, stored.person_id, stored.password_hash, better_hash)


def _compute_better_hash_if_outdated(password: str, stored: str) -> str:
    if not password_hashing.is_hash_outdated(stored):
        return ""
    try:
        return password_hashing.hash_password(password)
    except password_hashing.BusyError:
        return ""  # next time
