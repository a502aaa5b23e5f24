"""Proving that somebody reads the letters to an address: by a code, or by a link.

Asking costs the same for every address, because nothing is looked up: what the letter says is
decided when it is sent. The code works in the browser that asked, the link in any; whichever comes
first gives that one browser a grant, and then neither works again.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from flask import current_app
from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from cpd.accounts import tokens
from cpd.accounts.models import AddressProof
from cpd.jobs import outbox

EMAIL = "address-proof"
"""Names the letter in the outbox."""
LASTS = timedelta(hours=1)
KEPT = timedelta(days=1)
"""Claims stay for so long after they expired; then the address is forgotten."""
MOST_WRONG = 5
DIGITS = 6


@dataclass(frozen=True)
class Proofs:
    """What goes into a letter, and is stored nowhere."""

    code: str
    token: str


def ask(session: Session, email: str, *, person_id: int | None = None, now: datetime) -> str:
    """Claim an address; return the public id by which the page that is open knows the claim."""
    session.execute(delete(AddressProof).where(AddressProof.expires_at <= now - KEPT))
    row = AddressProof(email=email, person_id=person_id, made_at=now, expires_at=now + LASTS)
    session.add(row)
    session.flush()
    outbox.enqueue(session, EMAIL, row.public_id, due_at=now, now=now)
    return row.public_id


def seal(session: Session, public_id: str) -> Proofs:
    """Make code and link anew for a letter that is about to be sent; earlier ones die."""
    made = Proofs(f"{secrets.randbelow(10**DIGITS):0{DIGITS}}", tokens.new_token())
    row = session.scalars(_one(public_id)).one()
    row.code_hash = _hash_of(made.code, public_id)
    row.link_hash = tokens.hash_of(made.token)
    return made


def find(session: Session, public_id: str, *, now: datetime) -> AddressProof | None:
    """Return a claim that can still be proven by its code, for the page that is open."""
    row = session.scalar(_one(public_id))
    if row is None or row.used_at or row.expires_at <= now or row.wrong_codes >= MOST_WRONG:
        return None
    return row


def find_by_link(session: Session, token: str, *, now: datetime) -> AddressProof | None:
    """Return the claim that this link would prove."""
    return session.scalar(
        select(AddressProof).where(
            AddressProof.link_hash == tokens.hash_of(token), AddressProof.expires_at > now
        )
    )


def find_granted(session: Session, grant: str, *, now: datetime) -> AddressProof | None:
    """Return the claim that this browser has proven and not used yet."""
    return session.scalar(
        select(AddressProof).where(
            AddressProof.grant_hash == tokens.hash_of(grant),
            AddressProof.expires_at > now,
            AddressProof.used_at.is_(None),
        )
    )


def prove_by_code(session: Session, public_id: str, code: str, *, now: datetime) -> str | None:
    """Return the grant when the code is right; a wrong one is counted."""
    row = session.scalar(_one(public_id).with_for_update())
    if row is None or row.used_at or row.expires_at <= now or row.wrong_codes >= MOST_WRONG:
        return None
    if not compare_digest(row.code_hash, _hash_of(code, public_id)):
        row.wrong_codes += 1
        return None
    return _grant(row, now=now)


def prove_by_link(session: Session, token: str, *, now: datetime) -> str | None:
    """Return the grant when the link works."""
    row = session.scalar(
        select(AddressProof)
        .where(AddressProof.link_hash == tokens.hash_of(token), AddressProof.expires_at > now)
        .with_for_update()
    )
    return None if row is None else _grant(row, now=now)


def use(session: Session, grant: str, *, now: datetime) -> AddressProof | None:
    """Take a proven claim, once."""
    row = session.scalar(
        select(AddressProof)
        .where(AddressProof.grant_hash == tokens.hash_of(grant), AddressProof.expires_at > now)
        .with_for_update()
    )
    if row is None or row.used_at is not None:
        return None
    row.used_at = now
    return row


def _grant(row: AddressProof, *, now: datetime) -> str:
    grant = tokens.new_token()
    row.grant_hash = tokens.hash_of(grant)
    row.code_hash, row.link_hash = "", None
    row.expires_at = now + LASTS  # to choose a name and a password in
    return grant


def _one(public_id: str) -> Select[AddressProof]:
    return (
        select(AddressProof)
        .where(AddressProof.public_id == public_id)
        .execution_options(populate_existing=True)
    )


def _hash_of(code: str, public_id: str) -> str:
    return tokens.keyed(str(current_app.secret_key), "code", f"{public_id}:{code}")
