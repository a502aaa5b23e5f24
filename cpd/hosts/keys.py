"""Letting the database know the keys of a host, and refusing a host that has others.

What one host seals or signs, every other one must open and check. Two hosts with keys of their own
would both serve, sign each other's visitors out, and issue certificates until neither can restart.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask
from sqlalchemy.orm import Session

from cpd.config import Settings, secret_key_file, settings_of, stored_secret_key
from cpd.db import UnsafeDatabaseError, db, unit_of_work
from cpd.hosts.models import HostKey, KeyKind
from cpd.instance import InstanceError
from cpd.joints.questions import Slot
from cpd.kernel import clock

_LOCK = 7237318
"""The advisory lock under which PostgreSQL registers for one host after the other."""


class WrongKeysError(InstanceError):
    """This host's keys are not those that the database knows; the text says what to do."""


are_registered: Slot[[Session], bool] = Slot()
"""Whether the database knows the keys that another room keeps on this host."""

registers: Slot[[Session, Settings, datetime], None] = Slot()
"""Registers the keys that another room keeps; raises WrongKeysError when another host was first."""


def register_keys(app: Flask) -> None:
    """Let the database know the keys of this host; raises WrongKeysError when another was first."""
    settings = settings_of(app)
    with app.app_context():
        try:
            if is_registered(db.session(), str(app.secret_key)) and all(
                are_registered(db.session())
            ):
                return
            with unit_of_work() as session:
                take_turn(session)
                register_secret(session, settings, str(app.secret_key), now=clock.now())
                registers(session, settings, clock.now())
        finally:
            db.session.remove()
            db.engine.dispose()  # workers are forked after this and must not share a connection


def fingerprint(secret: str) -> str:
    """Return what the database keeps of a secret key: the key cannot be read off it.

    It helps in guessing no more than a signed cookie does, and those are in everybody's hands.
    """
    return HKDF(SHA256(), 32, salt=None, info=b"cpd.fingerprint").derive(secret.encode()).hex()


def registered(session: Session, kind: KeyKind) -> dict[str, str]:
    """Return what the database knows of one kind: name to value; of secrets the last alone."""
    return {row.name: row.value for row in session.execute(_of(kind))}


def registered_at_start(kind: KeyKind) -> dict[str, str]:
    """Return the same before the app serves; nothing while the database has no table or is away."""
    return {row.name: row.value for row in read_at_start(_of(kind))}


def read_at_start(rows: sa.Select[*tuple[Any, ...]]) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    """Return rows before the app serves; none while the database has no such table or is away."""
    try:
        with db.engine.connect() as connection:
            return connection.execute(rows).all()
    except (sa.exc.DBAPIError, UnsafeDatabaseError):
        return []  # readiness says what is wrong with the database
    finally:
        db.engine.dispose()  # workers are forked after this and must not share a connection


def _of(kind: KeyKind) -> sa.Select[str, str]:
    keys = sa.select(HostKey.name, HostKey.value).where(HostKey.kind == kind)
    return keys.order_by(HostKey.id)


def refuse_other_host(settings: Settings) -> None:
    """Raise WrongKeysError where the database knows a secret key and this host has not got it."""
    known = registered_at_start(KeyKind.SECRET)
    secret = stored_secret_key(settings)
    if known and not secret:
        raise WrongKeysError(
            f"{secret_key_file(settings)} is not there, but this database is served with a secret "
            f"key already. {_REMEDY}"
        )
    _refuse_other_secret(known, secret, settings)


def take_turn(session: Session) -> None:
    """Let one host after the other register; on SQLite every write does so anyhow."""
    if session.connection().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def is_registered(session: Session, secret: str) -> bool:
    """Tell whether the database knows the secret key."""
    return registered(session, KeyKind.SECRET) == {"": fingerprint(secret)}


def register_secret(session: Session, settings: Settings, secret: str, *, now: datetime) -> None:
    """Register the secret key where none is known yet; raises WrongKeysError for another one."""
    known = registered(session, KeyKind.SECRET)
    _refuse_other_secret(known, secret, settings)
    if not known:
        replace_secret(session, secret, now=now)


def replace_secret(session: Session, secret: str, *, now: datetime) -> None:
    """Let this secret key count from now on."""
    add(session, KeyKind.SECRET, {"": fingerprint(secret)}, now=now)


def add(session: Session, kind: KeyKind, keys: Mapping[str, str], *, now: datetime) -> None:
    """Register keys, name to value."""
    for name, value in keys.items():
        session.add(HostKey(kind=kind, name=name, value=value, registered_at=now))
    session.flush()


def _refuse_other_secret(known: Mapping[str, str], secret: str, settings: Settings) -> None:
    if known and known[""] != fingerprint(secret):
        whose = "CPD_SECRET_KEY" if settings.secret_key else str(secret_key_file(settings))
        raise WrongKeysError(
            f"{whose} is not the secret key with which this database is served. {_REMEDY}"
        )


_REMEDY = (
    "If another host serves the same site, copy secret-key and the folder keys from its instance "
    "folder into this one, or set the same CPD_SECRET_KEY. After restoring a backup, put back its "
    "instance folder and its settings too. If the key is lost, or is to change, run: cpd keys "
    "replace-secret. It says what follows from that and asks before it does it."
)
