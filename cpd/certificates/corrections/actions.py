"""Replacing a certificate by one with the holder's present name and licenses."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.certificates.actions import add_corrected_certificate
from cpd.certificates.corrections.queries import Correction, find_correction
from cpd.certificates.corrections.rules.limits import CorrectionRefusal
from cpd.certificates.events import CertificateIssued
from cpd.certificates.models import Certificate, CertificateEnding, CertificateState
from cpd.certificates.rules import codes
from cpd.certificates.rules.snapshot import build_corrected_snapshot
from cpd.certificates.signing import Issuer
from cpd.db import compare_and_set
from cpd.jobs.publishing import publish_event
from cpd.kernel import clock
from cpd.kernel.ids import generate_base32_text


def correct_certificate(
    session: Session,
    certificate: Certificate,
    *,
    reason: str,
    issuer: Issuer,
    actor: Actor,
    now: datetime,
) -> Certificate | CorrectionRefusal:
    """Replace the actor's certificate by a corrected one, which says what their profile says.

    Of two concurrent calls only one succeeds. What was earned, when and for which version of the
    course is as it was.
    """
    correction = find_correction(session, actor, certificate)
    if correction.refusal is not None:
        return correction.refusal
    now = clock.keep_in_order(now, certificate.issued_at)
    if not _end_valid_certificate(session, certificate, now=now):
        return CorrectionRefusal.ENDED
    successor = _add_successor(session, correction, issuer, now=now)
    certificate.successor_id = successor.id
    session.add(
        CertificateEnding(
            certificate_id=certificate.id,
            state=CertificateState.SUPERSEDED,
            reason=reason,
            actor=actor.subject,
            ended_at=now,
        )
    )
    session.flush()
    audit.add_audit_entry(
        session,
        actor,
        "certificates:certificate:correct",
        now=now,
        to=certificate.public_id,
        successor=successor.public_id,
        facts=", ".join(correction.corrected),
    )
    publish_event(session, CertificateIssued(at=now, certificate_id=successor.id))
    return successor


def _end_valid_certificate(session: Session, certificate: Certificate, *, now: datetime) -> bool:
    ended = compare_and_set(
        session,
        sa.update(Certificate)
        .where(Certificate.id == certificate.id, Certificate.state == CertificateState.VALID)
        .values(state=CertificateState.SUPERSEDED, ended_at=now),
    )
    session.refresh(certificate)
    return ended


def _add_successor(
    session: Session, correction: Correction, issuer: Issuer, *, now: datetime
) -> Certificate:
    facts = build_corrected_snapshot(
        correction.facts,
        name=correction.name,
        licenses=correction.licenses,
        code=codes.build_code_from_random_text(generate_base32_text(codes.BITS)),
        salt=generate_base32_text(codes.BITS),
        key_id=issuer.keys.current_key_id,
        public_url=issuer.public_url,
        issued_at=now,
    )
    return add_corrected_certificate(session, correction.certificate, facts, issuer, now)
