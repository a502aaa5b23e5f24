"""Registering the keys of a host in the database, and refusing a host that has other keys.

Every host must be able to open and verify what another one encrypts or signs. Two hosts with
different keys would both serve, sign out each other's visitors, and issue certificates until
neither can restart.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask
from sqlalchemy.orm import Session

from cpd.config import Settings, read_secret_key_or_none, secret_key_file, settings_of_app
from cpd.db import acquire_advisory_lock, db, unit_of_work
from cpd.engine import UnsafeDatabaseError
from cpd.hosts.models import HostKey, KeyKind
from cpd.instance import InstanceError
from cpd.joints.questions import Slot
from cpd.kernel import clock

_LOCK = 7237318
"""The advisory lock that lets one host at a time register."""


class WrongKeysError(InstanceError):
    """This host's keys are not those registered in the database; the message says what to do."""


are_registered: Slot[[Session], bool] = Slot()
"""Whether the keys that another room keeps on this host are registered."""

register_others: Slot[[Session, Settings, datetime], None] = Slot()
"""Registers the keys that another room keeps; raises WrongKeysError if other keys came first."""


def register_host_keys(app: Flask) -> None:
    """Register the keys of this host; raises WrongKeysError if other keys came first."""
    settings = settings_of_app(app)
    with app.app_context():
        try:
            if is_secret_registered(db.session(), str(app.secret_key)) and all(
                are_registered(db.session())
            ):
                return
            with unit_of_work() as session:
                lock_key_registration(session)
                register_secret_if_none(session, settings, str(app.secret_key), now=clock.now())
                register_others(session, settings, clock.now())
        finally:
            db.session.remove()
            db.engine.dispose()  # workers are forked after this and must not share a connection


def derive_secret_fingerprint(secret: str) -> str:
    """Return what the database stores of a secret key; the key cannot be derived from it.

    It helps an attacker no more than a signed cookie does, which every visitor has.
    """
    return HKDF(SHA256(), 32, salt=None, info=b"cpd.fingerprint").derive(secret.encode()).hex()


def find_registered_keys(session: Session, kind: KeyKind) -> dict[str, str]:
    """Return the registered keys of one kind, name to value; of secret keys only the last."""
    return {row.name: row.value for row in session.execute(_select_registered_keys(kind))}


def find_registered_keys_at_start(kind: KeyKind) -> dict[str, str]:
    """Return the same before the app serves, or nothing if the database or its table is missing."""
    return {row.name: row.value for row in query_rows_at_start(_select_registered_keys(kind))}


def query_rows_at_start(rows: sa.Select[*tuple[Any, ...]]) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    """Return rows before the app serves, or none if the database or the table is missing."""
    try:
        with db.engine.connect() as connection:
            return connection.execute(rows).all()
    except (sa.exc.DBAPIError, UnsafeDatabaseError):
        return []  # the readiness check reports what is wrong with the database
    finally:
        db.engine.dispose()  # workers are forked after this and must not share a connection


def _select_registered_keys(kind: KeyKind) -> sa.Select[str, str]:
    keys = sa.select(HostKey.name, HostKey.value).where(HostKey.kind == kind)
    return keys.order_by(HostKey.id)


def refuse_host_with_other_secret(settings: Settings) -> None:
    """Raise WrongKeysError when a secret key is registered and this host does not have it."""
    registered = find_registered_keys_at_start(KeyKind.SECRET)
    secret = read_secret_key_or_none(settings)
    if registered and not secret:
        raise WrongKeysError(
            f"{secret_key_file(settings)} is missing, but this database already has a secret "
            f"key. {_REMEDY}"
        )
    _refuse_other_secret(registered, secret, settings)


def lock_key_registration(session: Session) -> None:
    """Let one host register at a time, until the transaction ends."""
    acquire_advisory_lock(session, _LOCK)


def is_secret_registered(session: Session, secret: str) -> bool:
    """Tell whether this secret key is the registered one."""
    return find_registered_keys(session, KeyKind.SECRET) == {"": derive_secret_fingerprint(secret)}


def register_secret_if_none(
    session: Session, settings: Settings, secret: str, *, now: datetime
) -> None:
    """Register the secret key if there is none yet; raises WrongKeysError for another one."""
    registered = find_registered_keys(session, KeyKind.SECRET)
    _refuse_other_secret(registered, secret, settings)
    if not registered:
        replace_registered_secret(session, secret, now=now)


def replace_registered_secret(session: Session, secret: str, *, now: datetime) -> None:
    """Make this secret key the valid one."""
    add_host_keys(session, KeyKind.SECRET, {"": derive_secret_fingerprint(secret)}, now=now)


def add_host_keys(
    session: Session, kind: KeyKind, keys: Mapping[str, str], *, now: datetime
) -> None:
    """Register keys, name to value."""
    for name, value in keys.items():
        session.add(HostKey(kind=kind, name=name, value=value, registered_at=now))
    session.flush()


def _refuse_other_secret(registered: Mapping[str, str], secret: str, settings: Settings) -> None:
    if registered and registered[""] != derive_secret_fingerprint(secret):
        whose = "CPD_SECRET_KEY" if settings.secret_key else str(secret_key_file(settings))
        raise WrongKeysError(f"{whose} is not the secret key of this database. {_REMEDY}")


_REMEDY = (
    "If another host serves the same site, copy secret-key and the folder keys from its instance "
    "folder into this one, or set the same CPD_SECRET_KEY. After restoring a backup, put back its "
    "instance folder and its settings too. If the key is lost, or must change, run: cpd keys "
    "replace-secret. It explains the consequences and asks you to confirm."
)
