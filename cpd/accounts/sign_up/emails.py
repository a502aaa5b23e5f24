"""The email that verifies an address.

The worker looks up whether the address has an account when it sends the email, so the page that
asked for it cannot give this away.
"""

from datetime import datetime

from sqlalchemy import select

from cpd.accounts.models import Person
from cpd.accounts.sign_up import actions
from cpd.accounts.sign_up.models import EmailVerification
from cpd.db import db, unit_of_work
from cpd.jobs.models import OutboxItem
from cpd.mail import emails, sending
from cpd.mail.emails import Email

_FOLDER = "accounts/emails"


def make_code_and_send_verification_email(item: OutboxItem, now: datetime) -> None:
    """Send a code and a link to an address, or say that it has an account."""
    row = db.session.scalar(
        select(EmailVerification).where(EmailVerification.public_id == item.about)
    )
    if row is None or row.expires_at <= now or row.grant_hash is not None:
        return  # too late, or verified already: the email had arrived before its sending failed
    email, kind = row.email, "sign_up" if row.person_id is None else "new_address"
    location = item.payload.get("next") or None
    if db.session.scalar(select(Person.id).where(Person.email == email)) is not None:
        sending.send_or_give_up_email(
            Email(email, f"{_FOLDER}/{kind}_known.txt", {"location": location}), item, now=now
        )
        return
    page = (
        "accounts.sign_up.show_confirm_button"
        if kind == "sign_up"
        else "accounts.address.show_confirm_button"
    )
    with unit_of_work() as session:
        secrets = actions.make_verification_secrets(session, item.about)
    values = {
        "code": f"{secrets.code[:3]} {secrets.code[3:]}",
        "link": emails.build_site_url(page, token=secrets.token, next=location),
    }
    sending.send_or_give_up_email(Email(email, f"{_FOLDER}/{kind}.txt", values), item, now=now)
