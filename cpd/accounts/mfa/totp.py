"""Six-digit codes from an app (TOTP), and the encryption of the app's key.

The key is stored encrypted under this installation's secret key, and only after its first code was
correct. Until then, the form of the person who sets it up carries it, also encrypted.
"""

from datetime import datetime, timedelta
from hmac import compare_digest

import pyotp
from cryptography.fernet import Fernet, InvalidToken

from cpd.accounts import encryption
from cpd.provider import current

_STEP_SECONDS = 30
_DRIFT = (0, -1, 1)
"""Steps by which a phone's clock may be off, the likeliest first."""
SET_UP_WITHIN = timedelta(minutes=15)


def make_random_key() -> str:
    """Return a key for an app: 160 random bits, in a form that people can type."""
    return pyotp.random_base32()


def build_provisioning_uri(key: str, email: str) -> str:
    """Return the URI that an app reads from the QR code."""
    issuer = current.current_provider().name
    return pyotp.TOTP(key).provisioning_uri(name=email, issuer_name=issuer)


def compute_matching_step(key: str, code: str, *, now: datetime) -> int | None:
    """Return the 30-second step (counted since 1970) of a code; None unless it is close to now."""
    present, app = int(now.timestamp()) // _STEP_SECONDS, pyotp.TOTP(key)
    typed = code if code.isascii() else ""
    steps = (present + drift for drift in _DRIFT)
    return next((step for step in steps if compare_digest(app.generate_otp(step), typed)), None)


def encrypt_app_key(person_id: int, key: str, *, now: datetime) -> str:
    """Encrypt a key for one person."""
    return (
        _build_key_cipher()
        .encrypt_at_time(f"{person_id}:{key}".encode(), int(now.timestamp()))
        .decode()
    )


def decrypt_offered_key(person_id: int, encrypted: str, *, now: datetime) -> str | None:
    """Return the key that was offered to this person; None after 15 minutes or for someone else."""
    ttl = int(SET_UP_WITHIN.total_seconds())
    try:
        text = _build_key_cipher().decrypt_at_time(encrypted.encode(), ttl, int(now.timestamp()))
    except InvalidToken:
        return None
    return _parse_key_of_owner(text, person_id)


def decrypt_stored_key(person_id: int, encrypted: str) -> str | None:
    """Return a person's stored key; None if the secret key has been replaced since."""
    try:
        text = _build_key_cipher().decrypt(encrypted.encode())
    except InvalidToken:
        return None  # recovery codes still work
    return _parse_key_of_owner(text, person_id)


def _parse_key_of_owner(text: bytes, person_id: int) -> str | None:
    owner, _, key = text.decode().partition(":")
    return key if owner == str(person_id) else None


def _build_key_cipher() -> Fernet:
    return encryption.build_cipher_for_purpose("cpd.second-factor")
