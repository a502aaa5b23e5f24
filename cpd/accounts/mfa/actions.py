"""Turning codes from an app on and off, checking codes, and recovery codes."""

import re
import secrets
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.accounts.emails import SecurityNotice, enqueue_security_notice
from cpd.accounts.mfa import totp
from cpd.accounts.models import AuthenticatorApp, Person, RecoveryCode
from cpd.accounts.queries import lock_person, person_has_mfa
from cpd.accounts.rules import typed_codes
from cpd.accounts.sign_in.actions import (
    PendingSignIn,
    end_sessions_of_person,
    replace_browser_session,
)
from cpd.accounts.sign_in.models import EndReason
from cpd.accounts.tokens import hash_token

_RECOVERY_CODES = 10


# Setting it up


def turn_on_mfa(
    session: Session,
    person: Person,
    key: str,
    code: str,
    *,
    actor: Actor,
    now: datetime,
    keep_session: int | None = None,
) -> list[str] | None:
    """Store the key and return the recovery codes, which are never shown again.

    All other sessions end, because they began without a code. Returns None for a wrong code.
    """
    step = totp.compute_matching_step(key, code, now=now)
    if step is None:
        return None
    session.execute(delete(AuthenticatorApp).where(AuthenticatorApp.person_id == person.id))
    session.add(
        AuthenticatorApp(
            person_id=person.id,
            sealed_key=totp.encrypt_app_key(person.id, key, now=now),
            last_step=step,
            made_at=now,
        )
    )
    enqueue_security_notice(session, person, SecurityNotice.SECOND_FACTOR_ON, now=now)
    audit.add_audit_entry(
        session, actor, "accounts:second-factor:enable", now=now, to=person.subject
    )
    end_sessions_of_person(
        session, person.id, except_id=keep_session, reason=EndReason.SECOND_FACTOR_CHANGED, now=now
    )
    return _replace_recovery_codes(session, person.id)


def turn_off_mfa(session: Session, person: Person, *, actor: Actor, now: datetime) -> None:
    """Delete the key and the recovery codes; idempotent."""
    deleted = session.scalars(
        delete(AuthenticatorApp)
        .where(AuthenticatorApp.person_id == person.id)
        .returning(AuthenticatorApp.person_id)
    ).all()
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    if deleted:
        enqueue_security_notice(session, person, SecurityNotice.SECOND_FACTOR_OFF, now=now)
        audit.add_audit_entry(
            session, actor, "accounts:second-factor:disable", now=now, to=person.subject
        )


def renew_recovery_codes(
    session: Session, person: Person, *, actor: Actor, now: datetime
) -> list[str] | None:
    """Make new recovery codes and return them; earlier ones stop working. None without an app."""
    if not person_has_mfa(session, person.id):
        return None
    enqueue_security_notice(session, person, SecurityNotice.RECOVERY_CODES, now=now)
    audit.add_audit_entry(
        session, actor, "accounts:recovery-codes:make", now=now, to=person.subject
    )
    return _replace_recovery_codes(session, person.id)


def _replace_recovery_codes(session: Session, person_id: int) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    length = typed_codes.RECOVERY_GROUPS * typed_codes.RECOVERY_GROUP_LENGTH
    codes = [
        "".join(secrets.choice(typed_codes.RECOVERY_ALPHABET) for _ in range(length))
        for _ in range(_RECOVERY_CODES)
    ]
    session.add_all(RecoveryCode(person_id=person_id, code_hash=hash_token(code)) for code in codes)
    return ["-".join(re.findall("." * typed_codes.RECOVERY_GROUP_LENGTH, code)) for code in codes]


# Signing in with a code


def finish_sign_in_with_code(
    session: Session,
    pending: PendingSignIn,
    code: str,
    *,
    browser: str,
    replacing: str,
    now: datetime,
) -> str | None:
    """Begin a session and return its token; None for a wrong code, or if the account changed.

    `replacing` is the token that the browser held before, if any; its session ends.
    """
    person_id = session.scalar(
        select(Person.id).where(Person.public_id == pending.person_public_id)
    )
    person = lock_person(session, person_id) if person_id is not None else None
    if person is None or person.disabled_at is not None:
        return None
    if pending.password_fingerprint != hash_token(person.password_hash):
        return None
    if not use_mfa_code(session, person, code, now=now):
        return None
    return replace_browser_session(session, person, browser=browser, replacing=replacing, now=now)


def use_mfa_code(session: Session, person: Person, code: str, *, now: datetime) -> bool:
    """Accept an app code or a recovery code, each only once; a recovery code sends a notice."""
    if typed_codes.is_recovery_code(code):
        return _use_recovery_code(session, person, code, now=now)
    return _use_app_code(session, person.id, code, now=now)


def _use_app_code(session: Session, person_id: int, code: str, *, now: datetime) -> bool:
    app = session.get(AuthenticatorApp, person_id, populate_existing=True)
    key = totp.decrypt_stored_key(person_id, app.sealed_key) if app is not None else None
    step = totp.compute_matching_step(key, code, now=now) if key else None
    if step is None:
        return False
    used = session.scalars(
        update(AuthenticatorApp)
        .where(AuthenticatorApp.person_id == person_id, AuthenticatorApp.last_step < step)
        .values(last_step=step)
        .returning(AuthenticatorApp.person_id)
    )
    return bool(used.all())


def _use_recovery_code(session: Session, person: Person, code: str, *, now: datetime) -> bool:
    used = session.scalars(
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person.id,
            RecoveryCode.code_hash == hash_token(code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
    ).all()
    if used:
        enqueue_security_notice(session, person, SecurityNotice.RECOVERY_CODE_USED, now=now)
    return bool(used)
