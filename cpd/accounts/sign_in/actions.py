"""Writes about what lets people in: sessions, passwords, and links to set one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.accounts import notices, tokens
from cpd.accounts.sign_up import actions as proofs
from cpd.accounts.mfa import actions as second_factor
from cpd.accounts.models import EndReason, PasswordLink, Person, SignInSession
from cpd.accounts.emails import Notice
from cpd.accounts.sign_in.rules import sessions as rules
from cpd.accounts.sign_in.throttle import Proof, close_try


class AddressTakenError(Exception):
    """Somebody else took the address in the same moment."""


LINK_LASTS = timedelta(hours=72)
"""A link that an administrator hands over."""
RESET_LASTS = timedelta(minutes=30)
"""A link that its owner asked for."""


@dataclass(frozen=True)
class Half:
    """The password was right, and a code is asked for besides."""

    person_public_id: str
    password_mark: str
    """Changes with the password: then this half is worth nothing."""


def sign_in(
    session: Session, proof: Proof, *, browser: str, replacing: str, now: datetime
) -> str | Half | None:
    """Begin a session and return its token; None when the account changed since the proof.

    `replacing` is the token that the browser held before, if any; its session ends.
    """
    close_try(session, proof.try_id)
    person = locked(session, proof.person_id)
    if person.disabled_at is not None or person.password_hash != proof.password_hash:
        return None
    if proof.better_hash:
        person.password_hash = proof.better_hash
    if second_factor.is_on(session, person.id):
        return Half(person.public_id, tokens.hash_of(person.password_hash))
    return _enter(session, person, browser=browser, replacing=replacing, now=now)


def finish_sign_in(
    session: Session, half: Half, typed: str, *, browser: str, replacing: str, now: datetime
) -> str | None:
    """Begin the session when the code is right and the account as it was; None otherwise."""
    found = session.scalar(select(Person.id).where(Person.public_id == half.person_public_id))
    person = locked(session, found) if found is not None else None
    if person is None or person.disabled_at is not None:
        return None
    if half.password_mark != tokens.hash_of(person.password_hash):
        return None
    if not second_factor.check(session, person, typed, now=now):
        return None
    return _enter(session, person, browser=browser, replacing=replacing, now=now)


def _enter(session: Session, person: Person, *, browser: str, replacing: str, now: datetime) -> str:
    if replacing:
        end_session(session, replacing, reason=EndReason.REPLACED, now=now)
    session.execute(
        delete(SignInSession).where(
            SignInSession.person_id == person.id, SignInSession.created_at < now - rules.KEPT
        )
    )
    return begin_session(session, person.id, browser=browser, now=now)


def begin_session(session: Session, person_id: int, *, browser: str = "", now: datetime) -> str:
    """Add a session for a person who has been let in, and return its token."""
    token = tokens.new_token()
    session.add(
        SignInSession(
            token_hash=tokens.hash_of(token),
            person_id=person_id,
            created_at=now,
            last_seen_at=now,
            browser=browser,
        )
    )
    session.flush()
    return token


def end_session(session: Session, token: str, *, reason: EndReason, now: datetime) -> None:
    """End the session with this token, if it has not ended."""
    session.execute(
        update(SignInSession)
        .where(
            SignInSession.token_hash == tokens.hash_of(token),
            SignInSession.ended_at.is_(None),
        )
        .values(ended_at=now, end_reason=reason)
    )


def end_sessions(
    session: Session,
    person_id: int,
    *,
    reason: EndReason,
    now: datetime,
    but: int | None = None,
    only: int | None = None,
) -> int:
    """End the open sessions of a person, all or all but one or only one; return how many."""
    wanted = [SignInSession.person_id == person_id, SignInSession.ended_at.is_(None)]
    if but is not None:
        wanted.append(SignInSession.id != but)
    if only is not None:
        wanted.append(SignInSession.id == only)
    found = session.scalars(
        update(SignInSession)
        .where(*wanted)
        .values(ended_at=now, end_reason=reason)
        .returning(SignInSession.id)
    )
    return len(found.all())


def see_session(session: Session, session_id: int, *, now: datetime) -> None:
    """Write down that a session was used; never brings an ended one back."""
    session.execute(
        update(SignInSession)
        .where(
            SignInSession.id == session_id,
            SignInSession.ended_at.is_(None),
            SignInSession.last_seen_at < now,
        )
        .values(last_seen_at=now)
    )


def make_password_link(
    session: Session,
    person: Person,
    *,
    actor: Actor,
    now: datetime,
    lasts: timedelta = LINK_LASTS,
) -> str:
    """Return the token of a new link with which the person can set a password; older links die.

    One that lasts longer lives on: anybody can ask for a letter, and must not end by it what an
    administrator handed over.
    """
    drop_links(session, person.id, lasting_until=now + lasts, now=now)
    token = tokens.new_token()
    session.add(
        PasswordLink(
            token_hash=tokens.hash_of(token),
            person_id=person.id,
            made_at=now,
            made_by=actor.subject,
            expires_at=now + lasts,
        )
    )
    audit.record(session, actor, "accounts:password-link:make", now=now, to=person.subject)
    return token


def use_password_link(
    session: Session, token_hash: str, password_hash: str, *, now: datetime
) -> bool:
    """Set the password that came through a link, once; False when the link no longer works."""
    used = session.execute(
        update(PasswordLink)
        .where(
            PasswordLink.token_hash == token_hash,
            PasswordLink.used_at.is_(None),
            PasswordLink.expires_at > now,
        )
        .values(used_at=now)
        .returning(PasswordLink.person_id)
    ).scalar_one_or_none()
    if used is None:
        return False
    person = locked(session, used)
    if person.disabled_at is not None:
        return False
    _set_password(session, person, password_hash, now=now)
    by_link = Actor(person_id=person.id, subject=person.subject)
    audit.record(session, by_link, "accounts:password:set", now=now, to=person.subject)
    return True


def change_password(
    session: Session,
    proof: Proof,
    password_hash: str,
    *,
    actor: Actor,
    browser: str,
    now: datetime,
) -> str | None:
    """Replace the proven password, end all sessions, and return the token of a fresh one.

    Also the session that asks for it ends: its cookie may have been copied. None if the password
    changed meanwhile.
    """
    close_try(session, proof.try_id)
    person = locked(session, proof.person_id)
    if person.password_hash != proof.password_hash:
        return None
    _set_password(session, person, password_hash, now=now)
    audit.record(session, actor, "accounts:password:change", now=now, to=person.subject)
    return begin_session(session, person.id, browser=browser, now=now)


def change_address(
    session: Session, grant: str, *, actor: Actor, browser: str, now: datetime
) -> str | None:
    """Give the actor the address that they have proven, and return the token of a fresh session.

    All sessions end, and both addresses are told. None when the claim is not the actor's, or is
    used; raises AddressTakenError when somebody else has taken the address meanwhile.
    """
    claim = proofs.use(session, grant, now=now)
    if claim is None or claim.person_id is None or claim.person_id != actor.person_id:
        return None
    person = locked(session, claim.person_id)
    before, person.email = person.email, claim.email
    try:
        session.flush()
    except IntegrityError as fault:
        raise AddressTakenError from fault
    drop_links(session, person.id, now=now)
    end_sessions(session, person.id, reason=EndReason.ADDRESS_CHANGED, now=now)
    for told in (before, person.email):
        notices.tell(session, person, Notice.ADDRESS, email=told, now=now)
    audit.record(session, actor, "accounts:address:change", now=now, to=person.subject)
    return begin_session(session, person.id, browser=browser, now=now)


def ask_for_address(
    session: Session, proof: Proof, email: str, *, actor: Actor, now: datetime
) -> str | None:
    """Claim a new address for the actor and tell the present one; None if the password changed."""
    close_try(session, proof.try_id)
    person = locked(session, proof.person_id)
    if person.password_hash != proof.password_hash:
        return None
    notices.tell(session, person, Notice.ADDRESS_ASKED, now=now)
    audit.record(session, actor, "accounts:address:ask", now=now, to=person.subject)
    return proofs.ask(session, email, person_id=person.id, now=now)


def _set_password(session: Session, person: Person, password_hash: str, *, now: datetime) -> None:
    person.password_hash = password_hash
    drop_links(session, person.id, now=now)
    notices.tell(session, person, Notice.PASSWORD, now=now)
    end_sessions(session, person.id, reason=EndReason.PASSWORD_CHANGED, now=now)


def drop_links(
    session: Session, person_id: int, *, now: datetime, lasting_until: datetime | None = None
) -> None:
    """Make the links of a person work no longer; all, or those that last until then at most."""
    wanted = [PasswordLink.person_id == person_id, PasswordLink.used_at.is_(None)]
    if lasting_until is not None:
        wanted.append(PasswordLink.expires_at <= lasting_until)
    session.execute(update(PasswordLink).where(*wanted).values(used_at=now))


def locked(session: Session, person_id: int | None) -> Person:
    """Return a person as they are now, held until the end of the write."""
    return session.scalars(
        select(Person)
        .where(Person.id == person_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
