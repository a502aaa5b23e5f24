"""Encryption with keys derived from this installation's secret key, which no database holds."""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

FormValues = Mapping[str, str | Sequence[str]]
_FORM_VALUES_LAST = timedelta(minutes=30)


def build_cipher_for_purpose(purpose: str) -> Fernet:
    """Return the cipher for one purpose; it cannot decrypt what another purpose encrypted."""
    derived = HKDF(SHA256(), 32, salt=None, info=purpose.encode())
    return Fernet(base64.urlsafe_b64encode(derived.derive(str(current_app.secret_key).encode())))


def encrypt_form_values(person_id: int, values: FormValues, *, now: datetime) -> str:
    """Encrypt what a person typed, so that a URL can carry it and fill in the form again.

    URLs end up in browser histories and proxy logs, so nobody else may use such a URL to fill in a
    form.
    """
    text = json.dumps([person_id, values], ensure_ascii=False).encode()
    return (
        build_cipher_for_purpose("cpd.typed").encrypt_at_time(text, int(now.timestamp())).decode()
    )


def decrypt_form_values(person_id: int, encrypted: str, *, now: datetime) -> FormValues:
    """Return what this person typed; empty if someone else did, or if it is over 30 minutes old."""
    ttl, seconds = int(_FORM_VALUES_LAST.total_seconds()), int(now.timestamp())
    try:
        text = build_cipher_for_purpose("cpd.typed").decrypt_at_time(
            encrypted.encode(), ttl, seconds
        )
    except InvalidToken:
        return {}
    owner, values = json.loads(text)
    return values if owner == person_id else {}
