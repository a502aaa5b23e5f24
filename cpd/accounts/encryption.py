"""Encrypting under this installation's secret key, which lies outside the database."""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

Typed = Mapping[str, str | Sequence[str]]
OFFERED_WITHIN = timedelta(minutes=30)


def box(purpose: str) -> Fernet:
    """Return what encrypts for one purpose: nothing of another opens it."""
    derived = HKDF(SHA256(), 32, salt=None, info=purpose.encode())
    return Fernet(base64.urlsafe_b64encode(derived.derive(str(current_app.secret_key).encode())))


def keep_typed(person_id: int, typed: Typed, *, now: datetime) -> str:
    """Encrypt what somebody typed, for the address that offers it to them again.

    Addresses stand in histories and in the logs of proxies; and nobody else can fill in a form so.
    """
    text = json.dumps([person_id, typed], ensure_ascii=False).encode()
    return box("cpd.typed").encrypt_at_time(text, int(now.timestamp())).decode()


def typed_before(person_id: int, sealed: str, *, now: datetime) -> Typed:
    """Return what this person typed a while ago; empty when it was not they, or is too old."""
    within, at = int(OFFERED_WITHIN.total_seconds()), int(now.timestamp())
    try:
        owner, typed = json.loads(box("cpd.typed").decrypt_at_time(sealed.encode(), within, at))
    except InvalidToken:
        return {}
    return typed if owner == person_id else {}
