"""Proving who one is by a password, within limits, without telling whether an account exists.

A try is written down before the password is checked and taken away when it was good, so that many
tries at once cannot slip past the count. Known and unknown addresses cost the same work.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cpd.accounts.sign_in import password_hashing as passwords, queries
from cpd.accounts.models import SignInTry
from cpd.accounts.sign_in.rules import throttling as limits
from cpd.accounts.sign_in.rules.throttling import Counted, Door
from cpd.db import db, unit_of_work

_LOCK = 0x63_70_64
"""The advisory lock under which PostgreSQL counts tries one after the other; SQLite does anyway."""


@dataclass(frozen=True)
class Whence:
    """Where a try comes from, as keyed hashes."""

    account: str
    source: str
    device: str = ""
    """Empty unless this browser signed in to this account before."""


@dataclass(frozen=True)
class Wait:
    """Too many tries failed: the next one is heard from this instant on."""

    until: datetime
    by: Counted
    """What is full; of several, what stays so longest."""


@dataclass(frozen=True)
class Mistake:
    """The address and the password do not belong together."""


@dataclass(frozen=True)
class Proof:
    """The password was right; the action that uses the proof takes the try away."""

    try_id: int
    person_id: int
    password_hash: str
    """What the password was checked against: when it has changed since, the proof is void."""
    better_hash: str = ""
    """The same password hashed with today's parameters, where the stored hash is older."""


def prove(address: str, password: str, *, whence: Whence, now: datetime) -> Proof | Mistake | Wait:
    """Check a password for an address within the limits; raises passwords.BusyError."""
    with unit_of_work() as session:
        opened = open_try(session, whence, now=now)
    if isinstance(opened, Wait):
        return opened
    found = queries.credentials(db.session(), address)
    try:
        good = passwords.matches(password, found.password_hash if found else "")
    except passwords.BusyError:
        with unit_of_work() as session:
            close_try(session, opened)
        raise
    if found is None or not good:
        return Mistake()
    return Proof(
        opened, found.person_id, found.password_hash, _better_hash(password, found.password_hash)
    )


def _better_hash(password: str, stored: str) -> str:
    if not passwords.is_outdated(stored):
        return ""
    try:
        return passwords.hash_of(password)
    except passwords.BusyError:
        return ""  # next time


def open_try(
    session: Session, whence: Whence, *, now: datetime, door: Door = Door.SIGN_IN
) -> int | Wait:
    """Write a try down and return its number, or say until when the limits refuse it."""
    if session.connection().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    limit = limits.LIMITS[door]
    session.execute(
        delete(SignInTry).where(SignInTry.door == door, SignInTry.at <= now - limit.window)
    )
    full = {
        counted: until
        for counted in limits.which_apply(known_device=bool(whence.device))
        if (until := _full_until(session, door, counted, whence))
    }
    if Counted.SOURCE in full and _count(session, door, whence) < limit.spared:
        del full[Counted.SOURCE]
    if full:
        longest = max(full, key=full.__getitem__)
        return Wait(full[longest], longest)
    row = SignInTry(
        door=door, account=whence.account, source=whence.source, device=whence.device, at=now
    )
    session.add(row)
    session.flush()
    return row.id


def _mine(door: Door, counted: Counted, whence: Whence) -> sa.ColumnElement[bool]:
    """Say which tries a count counts; old ones are gone already."""
    by = {
        Counted.ACCOUNT: sa.and_(SignInTry.device == "", SignInTry.account == whence.account),
        Counted.SOURCE: sa.and_(SignInTry.device == "", SignInTry.source == whence.source),
        Counted.TOTAL: SignInTry.device == "",
        Counted.DEVICE: SignInTry.device == whence.device,
    }
    return sa.and_(SignInTry.door == door, by[counted])


def _count(session: Session, door: Door, whence: Whence) -> int:
    mine = _mine(door, Counted.ACCOUNT, whence)
    return session.scalar(select(sa.func.count()).select_from(SignInTry).where(mine)) or 0


def _full_until(session: Session, door: Door, counted: Counted, whence: Whence) -> datetime | None:
    """Return when a count has room again, or None while it has."""
    limit = limits.LIMITS[door]
    waits = [_holds_until(session, door, counted, whence, limit.most[counted])]
    if counted is Counted.SOURCE and limit.at_half is not None:
        half = limit.most[Counted.TOTAL] // 2
        scarce = _holds_until(session, door, Counted.TOTAL, whence, half)
        share = _holds_until(session, door, Counted.SOURCE, whence, limit.at_half)
        if scarce is not None and share is not None:
            waits.append(min(scarce, share))
    return max((until for until in waits if until is not None), default=None)


def _holds_until(
    session: Session, door: Door, counted: Counted, whence: Whence, number: int
) -> datetime | None:
    """Return until when a count holds so many or more, or None when it does not."""
    at = session.scalar(
        select(SignInTry.at)
        .where(_mine(door, counted, whence))
        .order_by(SignInTry.at.desc(), SignInTry.id.desc())
        .offset(number - 1)
        .limit(1)
    )
    return None if at is None else limits.free_again(at, limits.LIMITS[door])


def close_try(session: Session, try_id: int) -> None:
    """Take a try away: it was good, or could not be heard."""
    session.execute(delete(SignInTry).where(SignInTry.id == try_id))
