"""The email that lets someone who cannot sign in set a new password.

The worker looks up whether the address has an account when it sends the email, so the page that
asked for it cannot give this away.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.access.permissions import VISITOR
from cpd.accounts.models import Person
from cpd.accounts.rules.addresses import normalize_address
from cpd.accounts.sign_in import actions
from cpd.db import db, unit_of_work
from cpd.jobs import outbox
from cpd.jobs.models import OutboxItem
from cpd.kernel.ids import new_public_id
from cpd.mail import emails, sending
from cpd.mail.emails import Email

PURPOSE = "password-reset"
"""Names the email in the outbox."""
_FOLDER = "accounts/emails"


def enqueue_reset_email(session: Session, email: str, *, location: str = "", now: datetime) -> None:
    """Add the email to the outbox without looking up the address.

    `location` is where to go once the password is set and the person has signed in.
    """
    payload = {"email": email, "next": location}
    outbox.enqueue_job(session, PURPOSE, new_public_id("let"), due_at=now, now=now, payload=payload)


def make_link_and_send_reset_email(item: OutboxItem, now: datetime) -> None:
    """Send a link to set a password, or say that the address has no account."""
    if now >= item.created_at + actions.RESET_LASTS:
        return  # by now the person has asked again, or has signed in
    email = normalize_address(item.payload["email"])  # older rows hold it as it was typed
    location = item.payload.get("next") or None
    person = db.session.scalar(
        select(Person).where(Person.email == email, Person.disabled_at.is_(None))
    )
    if person is None:
        sending.send_or_give_up_email(
            Email(email, f"{_FOLDER}/reset_unknown.txt", {"location": location}), item, now=now
        )
        return
    with unit_of_work() as session:
        token = actions.make_password_link(
            session,
            person,
            actor=VISITOR,  # anyone may have asked
            lasts=actions.RESET_LASTS,
            now=now,
        )
    values = {
        "name": person.name,
        "link": emails.build_site_url(
            "accounts.password.ask_new_password",
            token=token,
            next=location,
        ),
    }
    sending.send_or_give_up_email(Email(email, f"{_FOLDER}/reset.txt", values), item, now=now)
