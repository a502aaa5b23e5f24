"""Writes about signing in: sessions, passwords, and links to set a password."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.accounts.emails import SecurityNotice, enqueue_security_notice
from cpd.accounts.models import Person
from cpd.accounts.queries import lock_person, person_has_mfa
from cpd.accounts.sign_in.models import EndReason, PasswordLink, SignInSession
from cpd.accounts.sign_in.password_check import VerifiedPassword
from cpd.accounts.sign_in.rules import sessions as rules
from cpd.accounts.sign_in.throttle import clear_attempt
from cpd.accounts.tokens import hash_token, make_random_token

LINK_LASTS = timedelta(hours=72)
"""How long a link that an administrator hands over works."""
RESET_LASTS = timedelta(minutes=30)
"""How long a link that the account's owner asked for works."""


# Signing in


@dataclass(frozen=True)
class PendingSignIn:
    """The password was right, and the code from an app is still missing."""

    person_public_id: str
    password_fingerprint: str
    """Changes with the password, which ends the pending sign-in."""


def begin_session_or_await_code(
    session: Session, verified: VerifiedPassword, *, browser: str, replacing: str, now: datetime
) -> str | PendingSignIn | None:
    """Begin a session and return its token; None if the account changed after the check.

    `replacing` is the token that the browser held before, if any; its session ends.
    """
    clear_attempt(session, verified.attempt_id)
    person = lock_person(session, verified.person_id)
    if person.disabled_at is not None or person.password_hash != verified.password_hash:
        return None
    if verified.better_hash:
        person.password_hash = verified.better_hash
    if person_has_mfa(session, person.id):
        return PendingSignIn(person.public_id, hash_token(person.password_hash))
    return replace_browser_session(session, person, browser=browser, replacing=replacing, now=now)


# Sessions


def replace_browser_session(
    session: Session, person: Person, *, browser: str, replacing: str, now: datetime
) -> str:
    """End the session that the browser held, delete old ones, begin a new one, return its token."""
    if replacing:
        end_session_by_token(session, replacing, reason=EndReason.REPLACED, now=now)
    session.execute(
        delete(SignInSession).where(
            SignInSession.person_id == person.id, SignInSession.created_at < now - rules.KEPT
        )
    )
    return add_session(session, person.id, browser=browser, now=now)


def add_session(session: Session, person_id: int, *, browser: str = "", now: datetime) -> str:
    """Add a session for a person who may sign in, and return its token."""
    token = make_random_token()
    session.add(
        SignInSession(
            token_hash=hash_token(token),
            person_id=person_id,
            created_at=now,
            last_seen_at=now,
            browser=browser,
        )
    )
    session.flush()
    return token


def end_session_by_token(session: Session, token: str, *, reason: EndReason, now: datetime) -> None:
    """End the session with this token, if it has not ended."""
    session.execute(
        update(SignInSession)
        .where(SignInSession.token_hash == hash_token(token), SignInSession.ended_at.is_(None))
        .values(ended_at=now, end_reason=reason)
    )


def end_sessions_of_person(
    session: Session,
    person_id: int,
    *,
    reason: EndReason,
    now: datetime,
    except_id: int | None = None,
    only_id: int | None = None,
) -> int:
    """End the open sessions of a person: all, all except one, or only one; return how many."""
    wanted = [SignInSession.person_id == person_id, SignInSession.ended_at.is_(None)]
    if except_id is not None:
        wanted.append(SignInSession.id != except_id)
    if only_id is not None:
        wanted.append(SignInSession.id == only_id)
    ended = session.scalars(
        update(SignInSession)
        .where(*wanted)
        .values(ended_at=now, end_reason=reason)
        .returning(SignInSession.id)
    )
    return len(ended.all())


def record_session_use(session: Session, session_id: int, *, now: datetime) -> None:
    """Record that a session was used; one that has ended stays ended."""
    session.execute(
        update(SignInSession)
        .where(
            SignInSession.id == session_id,
            SignInSession.ended_at.is_(None),
            SignInSession.last_seen_at < now,
        )
        .values(last_seen_at=now)
    )


# Passwords


def make_password_link(
    session: Session,
    person: Person,
    *,
    actor: Actor,
    now: datetime,
    lasts: timedelta = LINK_LASTS,
) -> str:
    """Return the token of a new link with which the person can set a password.

    Earlier links stop working, except one that lasts longer: anyone can ask for an email, and this
    must not end a link that an administrator handed over.
    """
    revoke_password_links(session, person.id, lasting_until=now + lasts, now=now)
    token = make_random_token()
    session.add(
        PasswordLink(
            token_hash=hash_token(token),
            person_id=person.id,
            made_at=now,
            made_by=actor.subject,
            expires_at=now + lasts,
        )
    )
    audit.add_audit_entry(session, actor, "accounts:password-link:make", now=now, to=person.subject)
    return token


def set_password_by_link(
    session: Session, token_hash: str, password_hash: str, *, now: datetime
) -> bool:
    """Set the password chosen through a link, once; False if the link no longer works."""
    person_id = session.execute(
        update(PasswordLink)
        .where(
            PasswordLink.token_hash == token_hash,
            PasswordLink.used_at.is_(None),
            PasswordLink.expires_at > now,
        )
        .values(used_at=now)
        .returning(PasswordLink.person_id)
    ).scalar_one_or_none()
    if person_id is None:
        return False
    person = lock_person(session, person_id)
    if person.disabled_at is not None:
        return False
    _set_password_and_end_sessions(session, person, password_hash, now=now)
    by_link = Actor(person_id=person.id, subject=person.subject)
    audit.add_audit_entry(session, by_link, "accounts:password:set", now=now, to=person.subject)
    return True


def change_password(
    session: Session,
    verified: VerifiedPassword,
    password_hash: str,
    *,
    actor: Actor,
    browser: str,
    now: datetime,
) -> str | None:
    """Replace the verified password, end all sessions, and return the token of a new one.

    The session that asks for it also ends, because its cookie may have been copied. Returns None if
    the password has changed since it was verified.
    """
    clear_attempt(session, verified.attempt_id)
    person = lock_person(session, verified.person_id)
    if person.password_hash != verified.password_hash:
        return None
    _set_password_and_end_sessions(session, person, password_hash, now=now)
    audit.add_audit_entry(session, actor, "accounts:password:change", now=now, to=person.subject)
    return add_session(session, person.id, browser=browser, now=now)


def _set_password_and_end_sessions(
    session: Session, person: Person, password_hash: str, *, now: datetime
) -> None:
    person.password_hash = password_hash
    revoke_password_links(session, person.id, now=now)
    enqueue_security_notice(session, person, SecurityNotice.PASSWORD, now=now)
    end_sessions_of_person(session, person.id, reason=EndReason.PASSWORD_CHANGED, now=now)


def revoke_password_links(
    session: Session, person_id: int, *, now: datetime, lasting_until: datetime | None = None
) -> None:
    """End a person's links to set a password: all, or those that expire by `lasting_until`."""
    wanted = [PasswordLink.person_id == person_id, PasswordLink.used_at.is_(None)]
    if lasting_until is not None:
        wanted.append(PasswordLink.expires_at <= lasting_until)
    session.execute(update(PasswordLink).where(*wanted).values(used_at=now))
