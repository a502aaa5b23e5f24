"""The email that says that a certificate was issued, with the link that others can check.

The outbox row names only the certificate. What the email says is read when it is sent, so nothing
of it is stored meanwhile, and nobody is sent a certificate that was withdrawn in between.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.accounts import queries as people
from cpd.certificates import queries
from cpd.certificates.events import CertificateIssued, CertificateRevoked
from cpd.certificates.models import Certificate, CertificateState
from cpd.certificates.rules.printed_facts import printed_facts
from cpd.db import db
from cpd.jobs import outbox
from cpd.jobs.models import OutboxItem
from cpd.mail import emails, sending
from cpd.mail.emails import Email

PURPOSE = "certificate-issued"
"""Names these emails in the outbox."""
REVOCATION_PURPOSE = "certificate-revoked"
"""Names the emails about certificates that were withdrawn."""


def enqueue_certificate_email(session: Session, event: CertificateIssued, now: datetime) -> None:
    """Add the email to the outbox, once for each certificate, if the site sends emails at all."""
    if emails.site_sends_emails():
        certificate = session.get_one(Certificate, event.certificate_id)
        outbox.enqueue_job(session, PURPOSE, certificate.public_id, due_at=now, now=now)


def send_certificate_email(item: OutboxItem, now: datetime) -> None:
    """Send it to the address that the holder has now, unless they or the certificate are gone."""
    certificate = db.session.scalar(
        sa.select(Certificate).where(
            Certificate.public_id == item.about, Certificate.state == CertificateState.VALID
        )
    )
    if certificate is None:
        return
    holder = people.find_person_by_subject(db.session(), certificate.subject)
    if holder is None or holder.disabled_at is not None:
        return
    facts = printed_facts(queries.build_record_of_certificate(certificate).parsed_facts)
    values = {
        "certificate": certificate.public_id,
        "issued_for": facts.get("issued_for", ""),
        **{name: facts[name] for name in ("course", "marker", "verify_at", "code")},
    }
    email = Email(holder.email, "certificates/emails/issued.txt", values)
    sending.send_or_give_up_email(email, item, now=now)


def enqueue_revocation_email(session: Session, event: CertificateRevoked, now: datetime) -> None:
    """Add the email that a certificate was withdrawn, if the site sends emails at all."""
    if emails.site_sends_emails():
        certificate = session.get_one(Certificate, event.certificate_id)
        outbox.enqueue_job(session, REVOCATION_PURPOSE, certificate.public_id, due_at=now, now=now)


def send_revocation_email(item: OutboxItem, now: datetime) -> None:
    """Tell the holder, unless they have no account any more."""
    session = db.session()
    certificate = session.scalars(
        sa.select(Certificate).where(Certificate.public_id == item.about)
    ).one()
    ending = queries.find_ending_of_certificate(session, certificate)
    holder = people.find_person_by_subject(session, certificate.subject)
    if ending is None or holder is None or holder.disabled_at is not None:
        return
    facts = printed_facts(queries.build_record_of_certificate(certificate).parsed_facts)
    values = {"course": facts["course"], "reason": ending.reason}
    email = Email(holder.email, "certificates/emails/revoked.txt", values)
    sending.send_or_give_up_email(email, item, now=now)
