"""Writing entries of the list of a school: inviting somebody, and taking somebody off it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from cpd.jobs import outbox
from cpd.mail.emails import site_sends_emails
from cpd.schools.roster.models import RosterEntry, RosterPlace

INVITATION = "roster-invitation"
"""Names the email in the outbox."""


def enqueue_invitations(session: Session, entries: Sequence[RosterEntry], *, now: datetime) -> None:
    """Write the entries, and let the worker invite people if the site sends emails."""
    if not site_sends_emails():
        session.flush()
        return
    for entry in entries:
        entry.invited_at, entry.times_invited = now, (entry.times_invited or 0) + 1
    session.flush()
    abouts = [f"{entry.public_id}.{entry.times_invited}" for entry in entries]
    outbox.enqueue_jobs(session, INVITATION, dict.fromkeys(abouts, {}), due_at=now, now=now)


def remove_entry(session: Session, entry: RosterEntry, *, now: datetime) -> None:
    """Take somebody off the list; the name and the address are erased, the number stays."""
    session.execute(delete(RosterPlace).where(RosterPlace.entry_id == entry.id))
    entry.removed_at, entry.name, entry.email = now, "", ""
    session.flush()
