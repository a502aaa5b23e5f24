"""The email that invites somebody into a school.

It says the same whether the address has an account or not, so that a school learns nothing.
"""

from datetime import datetime

from cpd.access.permissions import Scope
from cpd.db import db, unit_of_work
from cpd.jobs.models import OutboxItem
from cpd.mail import emails, sending
from cpd.mail.emails import Email
from cpd.mail.sending import PermanentFailureError
from cpd.schools.roster import queries
from cpd.schools.roster.invitation_links import make_invitation_token
from cpd.schools.roster.models import RosterEntry


def send_invitation(item: OutboxItem, now: datetime) -> None:
    """Invite somebody who is still on the list, and write down whether the mail server took it."""
    public_id = item.about.partition(".")[0]
    entry = queries.find_invitation(db.session(), Scope.everywhere, public_id)
    if entry is None or f"{entry.public_id}.{entry.times_invited}" != item.about:
        return  # joined, taken off the list, or invited again since
    classes = queries.find_classes_to_enter(db.session(), entry.school.scope, entry)
    values = {
        "name": entry.name,
        "school": entry.school.name,
        "classes": [cohort.name for cohort in classes],
        "link": emails.build_site_url(
            "schools.show_invitation", token=make_invitation_token(entry)
        ),
    }
    email = Email(entry.email, "schools/emails/invitation.txt", values)
    is_taken = _send_unless_refused(email, item, now=now)
    with unit_of_work() as session:
        kept = queries.find_invitation(session, Scope.everywhere, public_id)
        if kept is not None:
            _record_outcome(kept, is_taken=is_taken, now=now)


def _send_unless_refused(email: Email, item: OutboxItem, *, now: datetime) -> bool:
    """Tell whether the mail server took the email; raises TemporaryFailureError to try again."""
    if now >= item.created_at + emails.LASTS:
        return False
    try:
        sending.send_message(emails.compose_email_message(email, key=item.about, now=now))
    except PermanentFailureError:
        return False
    return True


def _record_outcome(entry: RosterEntry, *, is_taken: bool, now: datetime) -> None:
    if is_taken:
        entry.sent_at, entry.bounced_at = now, None
    else:
        entry.bounced_at = now
