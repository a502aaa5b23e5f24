"""The keys that sign certificates: created at first run and kept in the instance folder only.

A key is a file in `instance/keys/`, named by its id, which begins with its time of creation. The
newest key signs. The database knows the public half of each key from the first start, so that a
host without the key is refused. Once a key has signed a certificate, its public half is kept
permanently.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from flask import Flask, current_app
from sqlalchemy.orm import Session

from cpd.certificates.models import SigningKey
from cpd.certificates.rules.record import Record, Verdict, judge_record
from cpd.certificates.rules.snapshot import Provider
from cpd.config import Settings, settings_of_app
from cpd.hosts import keys as hosts
from cpd.hosts.keys import WrongKeysError
from cpd.hosts.models import KeyKind
from cpd.kernel import clock, files
from cpd.provider import current

_EXTENSION = "cpd.issuer"
_LOST = ".lost"
"""The suffix of a file that marks a missing key as known to be lost."""


class SigningKeyMissingError(WrongKeysError):
    """A key of this site is not in the instance folder; the message says what to do."""


@dataclass(frozen=True)
class KeyRing:
    """The private keys of this installation."""

    keys: Mapping[str, Ed25519PrivateKey]

    @property
    def current_key_id(self) -> str:
        """The id of the key that signs now: the newest."""
        return max(self.keys)

    @property
    def public_keys(self) -> dict[str, str]:
        """The public halves by key id, base64url without padding."""
        return {key_id: encode_public_half(key) for key_id, key in self.keys.items()}

    def sign_message(self, message: bytes) -> str:
        """Return the signature of the current key over a message, base64url without padding."""
        return _to_base64url(self.keys[self.current_key_id].sign(message))


@dataclass(frozen=True)
class Issuer:
    """Who issues certificates here, and with which keys.

    The address and the keys are those of the start; name and contact are read each time.
    """

    public_url: str
    keys: KeyRing

    @property
    def provider(self) -> Provider:
        """The provider as it is now; a certificate keeps the one it was issued with."""
        provider = current.current_provider()
        return Provider(provider.name, provider.contact, self.public_url)


def load_or_create_site_keys(app: Flask) -> None:
    """Load the keys, creating the first; raises SigningKeyMissingError if the site uses others.

    No key is created before that is known, because it would get in the way of the right one.
    """
    settings = settings_of_app(app)
    folder = key_folder_path(settings)
    with app.app_context():
        known = hosts.find_registered_keys_at_start(KeyKind.SIGNING)
        used = {row.key_id for row in hosts.query_rows_at_start(sa.select(SigningKey.key_id))}
        refuse_missing_keys(used | known.keys(), folder)
    ring = load_keys_from_folder(folder) or create_key_in_folder(folder, now=clock.now())
    refuse_mismatched_keys(known, ring, folder)
    app.extensions[_EXTENSION] = Issuer(settings.public_url, ring)


def current_issuer() -> Issuer:
    """Return who issues in the current app."""
    app_issuer: Issuer = current_app.extensions[_EXTENSION]
    return app_issuer


def key_folder_path(settings: Settings) -> Path:
    """Return the folder with the keys of an installation."""
    return settings.instance_dir / "keys"


def load_keys_from_folder(folder: Path) -> KeyRing | None:
    """Return the keys in a folder, or None if it has none yet."""
    if not folder.is_dir():
        return None
    files = [path for path in folder.iterdir() if path.is_file() and not path.suffix]
    keys = {path.name: _read_key_file(path) for path in files}
    return KeyRing(keys) if keys else None


def create_key_in_folder(folder: Path, *, now: datetime, another: bool = False) -> KeyRing:
    """Create the first key, or `another` that signs after the next start; return all keys.

    Processes that start at the same time create only one first key.
    """
    with files.create_private_folder(folder), files.lock_folder(folder):
        present = load_keys_from_folder(folder)
        if present is not None and not another:
            return present
        key = Ed25519PrivateKey.generate()
        key_id = _write_key_file(folder, key, now)
    return KeyRing({**(present.keys if present else {}), key_id: key})


def are_keys_registered(session: Session) -> bool:
    """Tell whether the database knows every key of this host."""
    return (
        current_issuer().keys.public_keys.items()
        <= hosts.find_registered_keys(session, KeyKind.SIGNING).items()
    )


def register_keys_of_host(session: Session, settings: Settings, now: datetime) -> None:
    """Add the keys of this host to those that the database knows.

    Raises SigningKeyMissingError if a host with other keys was registered in the meantime.
    """
    ring, folder = current_issuer().keys, key_folder_path(settings)
    known = hosts.find_registered_keys(session, KeyKind.SIGNING)
    refuse_missing_keys(set(known), folder)
    new = {key_id: half for key_id, half in ring.public_keys.items() if key_id not in known}
    hosts.add_host_keys(session, KeyKind.SIGNING, new, now=now)


def refuse_missing_keys(known: set[str], folder: Path) -> None:
    """Raise SigningKeyMissingError for a key that is neither here nor marked as lost."""
    missing = sorted(
        key_id
        for key_id in known
        if not (folder / key_id).is_file() and not (folder / f"{key_id}{_LOST}").exists()
    )
    if missing:
        raise SigningKeyMissingError(
            f"The signing key {missing[0]}, with which this site issues certificates, is not in "
            f"{folder}. Restore the file from your backup or, if another host serves the same "
            "site, copy the folder keys from its instance folder. If the key is lost permanently, "
            f"make an empty file named {missing[0]}{_LOST} there: its certificates stay valid, and "
            "a new key signs."
        )


def refuse_mismatched_keys(known: Mapping[str, str], ring: KeyRing, folder: Path) -> None:
    """Raise SigningKeyMissingError for a key that differs from the one known by its name."""
    others = {
        key_id for key_id, half in ring.public_keys.items() if known.get(key_id, half) != half
    }
    if others:
        raise SigningKeyMissingError(
            f"{folder / min(others)} is not the key that this site knows by that name. Put the "
            "right file there from your backup, or copy it from another host of the site."
        )


def verify_record(record: Record, public_keys: Mapping[str, str]) -> Verdict:
    """Return whether a record is genuine, judged by public keys that are already trusted."""
    public_key = public_keys.get(record.key_id)
    fits = public_key is not None and is_signature_valid(
        public_key, record.manifest, record.signature
    )
    return judge_record(record, is_key_known=public_key is not None, signature_fits=fits)


def is_signature_valid(public_key: str, message: str, signature: str) -> bool:
    """Tell whether a signature over a message was made with the key's private half."""
    try:
        key = Ed25519PublicKey.from_public_bytes(_from_base64url(public_key))
        key.verify(_from_base64url(signature), message.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def encode_public_half(key: Ed25519PrivateKey) -> str:
    """Return a key's public half, base64url without padding."""
    return _to_base64url(key.public_key().public_bytes_raw())


def _read_key_file(path: Path) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningKeyMissingError(f"{path} is not an Ed25519 key. Restore the right file.")
    return key


def _write_key_file(folder: Path, key: Ed25519PrivateKey, now: datetime) -> str:
    digest = hashlib.sha256(key.public_key().public_bytes_raw()).hexdigest()
    path = folder / f"{now:%Y%m%dT%H%M%SZ}-{digest[:8]}"
    content = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    files.write_private_file(path, content)
    return path.name


def _to_base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
