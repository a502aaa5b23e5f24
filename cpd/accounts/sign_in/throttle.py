"""Limits on guessing: attempts are counted by account, network, browser and in total.

An attempt is recorded before it is checked, and cleared if it succeeds, so that many attempts at
once cannot slip past the count.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cpd.accounts.sign_in.models import SignInAttempt
from cpd.accounts.sign_in.rules import throttling
from cpd.accounts.sign_in.rules.throttling import CountedBy, ThrottleScope
from cpd.db import acquire_advisory_lock

Found = TypeVar("Found")
_LOCK = 0x63_70_64
"""The advisory lock under which PostgreSQL counts attempts one by one; SQLite does so anyway."""


@dataclass(frozen=True)
class ThrottleKey:
    """Where an attempt comes from, as keyed hashes.

    Equal places give equal hashes, which is all that counting needs; none leads back to an address.
    """

    account: str
    source: str
    device: str = ""
    """Empty unless this browser signed in to this account before."""


@dataclass(frozen=True)
class Throttled:
    """There were too many attempts; the next one may be made from this instant on."""

    until: datetime
    limited_by: CountedBy
    """The count that is full; of several, the one that stays full longest."""


def record_attempt_if_allowed(
    session: Session,
    key: ThrottleKey,
    *,
    now: datetime,
    scope: ThrottleScope = ThrottleScope.SIGN_IN,
) -> int | Throttled:
    """Record an attempt and return its id, or return until when the limits refuse it."""
    acquire_advisory_lock(session, _LOCK)
    _delete_expired_attempts(session, scope, now=now)
    throttled = _find_longest_denial(session, scope, key)
    if throttled is not None:
        return throttled
    attempt = SignInAttempt(
        scope=scope, account=key.account, source=key.source, device=key.device, at=now
    )
    session.add(attempt)
    session.flush()
    return attempt.id


def run_check_within_limits(
    session: Session,
    key: ThrottleKey,
    check: Callable[[], Found | None],
    *,
    scope: ThrottleScope,
    now: datetime,
) -> Found | Throttled | None:
    """Check what was entered, unless the limits refuse it; None is wrong, and counts."""
    attempt = record_attempt_if_allowed(session, key, now=now, scope=scope)
    if isinstance(attempt, Throttled):
        return attempt
    found = check()
    if found is not None:
        clear_attempt(session, attempt)
    return found


def clear_attempt(session: Session, attempt_id: int) -> None:
    """Delete an attempt that succeeded, or that could not be checked."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.id == attempt_id))


def _delete_expired_attempts(session: Session, scope: ThrottleScope, *, now: datetime) -> None:
    window_start = now - throttling.LIMITS[scope].window
    session.execute(
        delete(SignInAttempt).where(SignInAttempt.scope == scope, SignInAttempt.at <= window_start)
    )


def _find_longest_denial(
    session: Session, scope: ThrottleScope, key: ThrottleKey
) -> Throttled | None:
    """Return the limit that refuses the next attempt longest, or None if none does."""
    full = {
        counted: until
        for counted in throttling.list_applicable_counts(is_known_browser=bool(key.device))
        if (until := _find_room_again_at(session, scope, counted, key))
    }
    reserve = throttling.LIMITS[scope].reserve
    if CountedBy.SOURCE in full and _find_account_attempt_count(session, scope, key) < reserve:
        del full[CountedBy.SOURCE]
    if not full:
        return None
    longest = max(full, key=full.__getitem__)
    return Throttled(full[longest], longest)


def _where_counted(
    scope: ThrottleScope, counted: CountedBy, key: ThrottleKey
) -> sa.ColumnElement[bool]:
    """Select the attempts that a count includes; expired ones are already deleted."""
    by = {
        CountedBy.ACCOUNT: sa.and_(
            SignInAttempt.device == "", SignInAttempt.account == key.account
        ),
        CountedBy.SOURCE: sa.and_(SignInAttempt.device == "", SignInAttempt.source == key.source),
        CountedBy.TOTAL: SignInAttempt.device == "",
        CountedBy.DEVICE: SignInAttempt.device == key.device,
    }
    return sa.and_(SignInAttempt.scope == scope, by[counted])


def _find_account_attempt_count(session: Session, scope: ThrottleScope, key: ThrottleKey) -> int:
    rows = _where_counted(scope, CountedBy.ACCOUNT, key)
    return session.scalar(select(sa.func.count()).select_from(SignInAttempt).where(rows)) or 0


def _find_room_again_at(
    session: Session, scope: ThrottleScope, counted: CountedBy, key: ThrottleKey
) -> datetime | None:
    """Return when a count has room again, or None if it has room now."""
    limit = throttling.LIMITS[scope]
    ends = [_find_count_reached_until(session, scope, counted, key, limit.maximum[counted])]
    if counted is CountedBy.SOURCE and limit.scarce_source_maximum is not None:
        half = limit.maximum[CountedBy.TOTAL] // 2
        scarce = _find_count_reached_until(session, scope, CountedBy.TOTAL, key, half)
        share = _find_count_reached_until(session, scope, counted, key, limit.scarce_source_maximum)
        if scarce is not None and share is not None:
            ends.append(min(scarce, share))
    return max((end for end in ends if end is not None), default=None)


def _find_count_reached_until(
    session: Session, scope: ThrottleScope, counted: CountedBy, key: ThrottleKey, number: int
) -> datetime | None:
    """Return until when a count includes this number of attempts, or None if it has fewer."""
    oldest = session.scalar(
        select(SignInAttempt.at)
        .where(_where_counted(scope, counted, key))
        .order_by(SignInAttempt.at.desc(), SignInAttempt.id.desc())
        .offset(number - 1)
        .limit(1)
    )
    return (
        None
        if oldest is None
        else throttling.compute_room_again_at(oldest, throttling.LIMITS[scope])
    )
