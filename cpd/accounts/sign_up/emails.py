"""Letters that let somebody in: what proves an address, what resets a password.

Whether an address has an account is looked up when its letter is sent, by the worker: whoever asks
for the letter is answered before anybody knows.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.access.permissions import VISITOR
from cpd.accounts.sign_in import actions as credentials
from cpd.accounts.sign_up import actions as proofs
from cpd.accounts.models import AddressProof, Person
from cpd.db import db, unit_of_work
from cpd.jobs import outbox
from cpd.jobs.models import OutboxItem
from cpd.kernel.ids import new_public_id
from cpd.mail import emails, sending
from cpd.mail.emails import Email

RESET = "password-reset"
"""Names the letter in the outbox."""
_FOLDER = "accounts/emails"


def ask_for_reset(session: Session, email: str, *, now: datetime) -> None:
    """Owe the letter that answers somebody who cannot sign in; the address is not looked up."""
    outbox.enqueue(
        session, RESET, new_public_id("let"), due_at=now, now=now, payload={"email": email}
    )


def prove_address(item: OutboxItem, now: datetime) -> None:
    """Send the letter that proves an address, or says that it has an account."""
    claim = db.session.scalar(select(AddressProof).where(AddressProof.public_id == item.about))
    if claim is None or claim.expires_at <= now or claim.grant_hash is not None:
        return  # too late, or answered already: it had arrived before the way broke
    email, kind = claim.email, "sign_up" if claim.person_id is None else "new_address"
    if db.session.scalar(select(Person.id).where(Person.email == email)) is not None:
        sending.deliver(Email(email, f"{_FOLDER}/{kind}_known.txt", {}), item, now=now)
        return
    page = "accounts.sign_up.confirm" if kind == "sign_up" else "accounts.address.confirm"
    with unit_of_work() as session:
        made = proofs.seal(session, item.about)
    values = {
        "code": f"{made.code[:3]} {made.code[3:]}",
        "link": emails.link(page, token=made.token),
    }
    sending.deliver(Email(email, f"{_FOLDER}/{kind}.txt", values), item, now=now)


def reset_password(item: OutboxItem, now: datetime) -> None:
    """Send the letter that resets a password, or says that the address has no account."""
    if now >= item.created_at + credentials.RESET_LASTS:
        return  # whoever asked has asked again, or is in
    email = item.payload["email"]
    known = select(Person).where(Person.email == email, Person.disabled_at.is_(None))
    person = db.session.scalar(known)
    if person is None:
        sending.deliver(Email(email, f"{_FOLDER}/reset_unknown.txt", {}), item, now=now)
        return
    with unit_of_work() as session:
        token = credentials.make_password_link(
            session,
            person,
            actor=VISITOR,  # whoever asked: nothing says that it was the person
            lasts=credentials.RESET_LASTS,
            now=now,
        )
    values = {"name": person.name, "link": emails.link("accounts.choose_password", token=token)}
    sending.deliver(Email(email, f"{_FOLDER}/reset.txt", values), item, now=now)
