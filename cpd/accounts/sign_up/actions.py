"""Verifying that someone reads the emails to an address, by a code or by a link.

A request costs the same for every address, because nothing is looked up: what the email says is
decided when it is sent. The code works in the browser that asked, the link in any. Whichever comes
first gives that one browser a grant, and then neither works again.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from sqlalchemy import delete
from sqlalchemy.orm import Session

from cpd.access.permissions import VISITOR
from cpd.accounts.people.actions import AccountRefusal, NewPerson, create_person
from cpd.accounts.sign_in.actions import add_session
from cpd.accounts.sign_up import queries
from cpd.accounts.sign_up.models import EmailVerification
from cpd.accounts.tokens import hash_token, hash_with_secret_key, make_random_token
from cpd.jobs import outbox

PURPOSE = "address-proof"
"""Names the email in the outbox."""
LASTS = timedelta(hours=1)
_KEPT = timedelta(days=1)
"""How long rows stay after they expire; then the address is forgotten."""
_DIGITS = 6


@dataclass(frozen=True)
class VerificationSecrets:
    """What goes into the email; neither is stored."""

    code: str
    token: str


def request_verification(
    session: Session, email: str, *, person_id: int | None = None, location: str = "", now: datetime
) -> str:
    """Enqueue the email, and return the public id that names the request to the open page.

    `location` is where to go once the account is open; the link in the email leads there too.
    """
    session.execute(delete(EmailVerification).where(EmailVerification.expires_at <= now - _KEPT))
    row = EmailVerification(email=email, person_id=person_id, made_at=now, expires_at=now + LASTS)
    session.add(row)
    session.flush()
    outbox.enqueue_job(
        session, PURPOSE, row.public_id, due_at=now, now=now, payload={"next": location}
    )
    return row.public_id


def make_verification_secrets(session: Session, public_id: str) -> VerificationSecrets:
    """Make a code and a link for an email that is about to be sent; earlier ones stop working."""
    new_secrets = VerificationSecrets(
        f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}", make_random_token()
    )
    row = session.scalars(queries.select_verification(public_id)).one()
    row.code_hash = _hash_email_code(new_secrets.code, public_id)
    row.link_hash = hash_token(new_secrets.token)
    return new_secrets


def verify_address_by_code(
    session: Session, public_id: str, code: str, *, now: datetime
) -> str | None:
    """Return the grant if the code is right; a wrong one is counted."""
    row = session.scalar(queries.select_verification(public_id).with_for_update())
    if row is None or not queries.verification_may_take_code(row, now=now):
        return None
    if not compare_digest(row.code_hash, _hash_email_code(code, public_id)):
        row.wrong_codes += 1
        return None
    return _grant_verification(row, now=now)


def verify_address_by_link(session: Session, token: str, *, now: datetime) -> str | None:
    """Return the grant if the link works."""
    row = session.scalar(queries.select_verification_by_link(token, now=now).with_for_update())
    return None if row is None else _grant_verification(row, now=now)


def grant_proven_address(session: Session, email: str, *, now: datetime) -> str:
    """Return a grant for an address whose reader has just followed a link from an email to it."""
    row = EmailVerification(email=email, made_at=now, expires_at=now + LASTS)
    session.add(row)
    return _grant_verification(row, now=now)


def use_verification_grant(
    session: Session, grant: str, *, now: datetime
) -> EmailVerification | None:
    """Take the verified address of a grant, once; None if the grant does not work."""
    row = session.scalar(queries.select_verification_by_grant(grant, now=now).with_for_update())
    if row is None:
        return None
    row.used_at = now
    return row


def open_account(
    session: Session, grant: str, new: NewPerson, *, browser: str, now: datetime
) -> str | None:
    """Use the grant, create the account and return the token of its first session.

    None if the grant does not work or the address has an account; raises AddressTakenError if the
    address just got one.
    """
    if use_verification_grant(session, grant, now=now) is None:
        return None
    person = create_person(session, new, actor=VISITOR, now=now)
    if isinstance(person, AccountRefusal):
        return None
    return add_session(session, person.id, browser=browser, now=now)


def _grant_verification(row: EmailVerification, *, now: datetime) -> str:
    grant = make_random_token()
    row.grant_hash = hash_token(grant)
    row.code_hash, row.link_hash = "", None
    row.expires_at = now + LASTS  # time to choose a name and a password
    return grant


def _hash_email_code(code: str, public_id: str) -> str:
    return hash_with_secret_key("code", f"{public_id}:{code}")
