"""A second factor: six digits from an app, each once, or a recovery code in their place.

The key of the app is stored encrypted under this installation's secret key, and only when its first
code was right; until then it travels, encrypted too, in the form of the one who sets it up.
"""

import re
import secrets
from datetime import datetime, timedelta
from hmac import compare_digest

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.accounts import notices, sealing, tokens
from cpd.accounts.models import Person, RecoveryCode, SecondFactor
from cpd.accounts.emails import Notice
from cpd.provider import current

_STEP = 30
_DRIFT = (0, -1, 1)
"""Half minutes by which a clock may be wrong, the likeliest first."""
SET_UP_WITHIN = timedelta(minutes=15)
CODES = 10
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""32 signs, none like another: 16 of them are 80 random bits."""
_GROUPS, _GROUP = 4, 4
_SHAPE = re.compile(rf"[{_ALPHABET}]{{{_GROUPS * _GROUP}}}")


# Setting it up


def new_key() -> str:
    """Return the key for an app: 160 random bits, as people can type them."""
    return pyotp.random_base32()


def address(key: str, email: str) -> str:
    """Return what an app reads from the square."""
    issuer = current.provider().name
    return pyotp.TOTP(key).provisioning_uri(name=email, issuer_name=issuer)


def seal(person_id: int, key: str, *, now: datetime) -> str:
    """Encrypt a key for one person."""
    text = f"{person_id}:{key}".encode()
    return _box().encrypt_at_time(text, int(now.timestamp())).decode()


def open_offer(person_id: int, sealed: str, *, now: datetime) -> str | None:
    """Return the key that was offered to this person a while ago, if it was."""
    try:
        text = _box().decrypt_at_time(
            sealed.encode(), int(SET_UP_WITHIN.total_seconds()), int(now.timestamp())
        )
    except InvalidToken:
        return None
    return _key_in(text, person_id)


def turn_on(
    session: Session, person: Person, key: str, typed: str, *, actor: Actor, now: datetime
) -> list[str] | None:
    """Keep the key when this is its code; return the recovery codes, which are shown only now."""
    step = _step_of(key, typed, now=now)
    if step is None:
        return None
    session.execute(delete(SecondFactor).where(SecondFactor.person_id == person.id))
    session.add(
        SecondFactor(
            person_id=person.id,
            sealed_key=seal(person.id, key, now=now),
            last_step=step,
            made_at=now,
        )
    )
    notices.tell(session, person, Notice.SECOND_FACTOR_ON, now=now)
    audit.record(session, actor, "accounts:second-factor:enable", now=now, to=person.subject)
    return _new_codes(session, person.id)


def turn_off(session: Session, person: Person, *, actor: Actor, now: datetime) -> None:
    """Forget the key and the recovery codes; twice is the same as once."""
    gone = session.scalars(
        delete(SecondFactor)
        .where(SecondFactor.person_id == person.id)
        .returning(SecondFactor.person_id)
    ).all()
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    if gone:
        notices.tell(session, person, Notice.SECOND_FACTOR_OFF, now=now)
        audit.record(session, actor, "accounts:second-factor:disable", now=now, to=person.subject)


def renew_codes(session: Session, person: Person, *, actor: Actor, now: datetime) -> list[str]:
    """Make new recovery codes; the ones before work no more."""
    notices.tell(session, person, Notice.RECOVERY_CODES, now=now)
    audit.record(session, actor, "accounts:recovery-codes:make", now=now, to=person.subject)
    return _new_codes(session, person.id)


# Asking for it


def is_on(session: Session, person_id: int) -> bool:
    """Tell whether a code is asked for after the password."""
    return session.get(SecondFactor, person_id) is not None


def codes_left(session: Session, person_id: int) -> int:
    """Count the recovery codes that were not used."""
    left = (RecoveryCode.person_id == person_id) & RecoveryCode.used_at.is_(None)
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(left)) or 0


def check(session: Session, person: Person, typed: str, *, now: datetime) -> bool:
    """Take a code, once; a recovery code is told of."""
    plain = "".join(typed.split()).upper().replace("-", "")
    if _SHAPE.fullmatch(plain):
        return _take_recovery_code(session, person, plain, now=now)
    return _take_app_code(session, person.id, plain, now=now)


def _take_app_code(session: Session, person_id: int, typed: str, *, now: datetime) -> bool:
    found = session.get(SecondFactor, person_id, populate_existing=True)
    key = _key_in(_opened(found.sealed_key), person_id) if found is not None else None
    step = _step_of(key, typed, now=now) if key else None
    if step is None:
        return False
    taken = session.scalars(
        update(SecondFactor)
        .where(SecondFactor.person_id == person_id, SecondFactor.last_step < step)
        .values(last_step=step)
        .returning(SecondFactor.person_id)
    )
    return bool(taken.all())


def _take_recovery_code(session: Session, person: Person, plain: str, *, now: datetime) -> bool:
    taken = session.scalars(
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person.id,
            RecoveryCode.code_hash == tokens.hash_of(plain),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
    ).all()
    if taken:
        notices.tell(session, person, Notice.RECOVERY_CODE_USED, now=now)
    return bool(taken)


def _new_codes(session: Session, person_id: int) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    made = [
        "".join(secrets.choice(_ALPHABET) for _ in range(_GROUPS * _GROUP)) for _ in range(CODES)
    ]
    session.add_all(
        RecoveryCode(person_id=person_id, code_hash=tokens.hash_of(code)) for code in made
    )
    return ["-".join(re.findall("." * _GROUP, code)) for code in made]


def _step_of(key: str, typed: str, *, now: datetime) -> int | None:
    """Return the half minute whose code this is, near enough to now."""
    here, app = int(now.timestamp()) // _STEP, pyotp.TOTP(key)
    steps = (here + drift for drift in _DRIFT)
    return next((it for it in steps if compare_digest(app.generate_otp(it), _ascii(typed))), None)


def _ascii(typed: str) -> str:
    return typed if typed.isascii() else ""


def _box() -> Fernet:
    return sealing.box("cpd.second-factor")


def _opened(sealed: str) -> bytes:
    try:
        return _box().decrypt(sealed.encode())
    except InvalidToken:
        return b""  # the secret key is another one now: recovery codes still work


def _key_in(text: bytes, person_id: int) -> str | None:
    owner, _, key = text.decode().partition(":")
    return key if owner == str(person_id) else None
