"""The email that invites somebody from an authority to read a course.

The link to set a password is made when it is sent, so no outbox row holds one.
"""

from datetime import datetime

from cpd.access.permissions import SYSTEM
from cpd.accounts.queries import find_person_by_subject
from cpd.accounts.sign_in.actions import make_password_link
from cpd.applications.readers.queries import find_reader_to_invite
from cpd.credit.authority_loading import load_authorities
from cpd.db import db, unit_of_work
from cpd.jobs.models import OutboxItem
from cpd.mail import emails, sending
from cpd.mail.emails import Email
from cpd.web.formatting import format_instant


def send_invitation(item: OutboxItem, now: datetime) -> None:
    """Tell a reader what they may read, until when, and how to get in."""
    reader = find_reader_to_invite(db.session(), item.about)
    person = find_person_by_subject(db.session(), reader.subject) if reader else None
    if reader is None or person is None or person.disabled_at or not reader.is_open(now):
        return
    path = f"/reading/{reader.public_id}"
    set_password = ""
    if not person.password_hash:
        with unit_of_work() as session:
            token = make_password_link(session, person, actor=SYSTEM, now=now)
        set_password = emails.build_site_url(
            "accounts.password.ask_new_password", token=token, next=path
        )
    authority = load_authorities().get(reader.authority)
    values = {
        "name": person.name,
        "title": reader.course_revision.stored_title,
        "authority": authority.file.name if authority else reader.authority,
        "until": format_instant(reader.until_at, person.time_zone),
        "link": emails.build_site_url("applications.show_reading", public_id=reader.public_id),
        "set_password": set_password,
    }
    email = Email(person.email, "applications/emails/reader.txt", values)
    sending.send_or_give_up_email(email, item, now=now)
