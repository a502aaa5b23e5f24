"""The email to somebody whose license number CE Broker did not accept.

The outbox row names only the row of the file. What the email says is read when it is sent, so that
nobody is written to who has corrected the number in between.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from cpd.accounts import queries as people
from cpd.certificates.models import CertificateState
from cpd.certificates.queries import build_record_of_certificate
from cpd.credit.authority_loading import load_authorities
from cpd.db import db
from cpd.jobs import outbox
from cpd.jobs.models import OutboxItem
from cpd.mail import emails, sending
from cpd.mail.emails import Email
from cpd.reporting.batches.models import ReportRow

PURPOSE = "report-refused"
"""Names these emails in the outbox."""


def enqueue_refusal_email(session: Session, row: ReportRow, *, now: datetime) -> None:
    """Add the email to the outbox, once for each row, if the site sends emails at all."""
    if emails.site_sends_emails():
        outbox.enqueue_job(session, PURPOSE, row.public_id, due_at=now, now=now)


def send_refusal_email(item: OutboxItem, now: datetime) -> None:
    """Send it, unless the certificate was corrected, the row settled, or the account is gone."""
    session = db.session()
    row = session.scalars(
        sa.select(ReportRow)
        .where(ReportRow.public_id == item.about)
        .options(joinedload(ReportRow.certificate))
    ).one()
    certificate = row.certificate
    if row.settled_at is not None or certificate.state is not CertificateState.VALID:
        return
    holder = people.find_person_by_subject(session, row.subject)
    if holder is None or holder.disabled_at is not None:
        return
    authority = load_authorities().get(row.authority)
    values = {
        "course": build_record_of_certificate(certificate).parsed_facts["course"],
        "authority": row.authority if authority is None else authority.file.name,
        "message": row.message,
        "certificate": certificate.public_id,
    }
    email = Email(holder.email, "reporting/emails/refused.txt", values)
    sending.send_or_give_up_email(email, item, now=now)
