"""Withdrawing a certificate: one person asks, and another confirms."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.certificates.events import CertificateRevoked
from cpd.certificates.models import Certificate, CertificateEnding, CertificateState
from cpd.certificates.revocations.rules.purpose import REVOCATION
from cpd.db import compare_and_set
from cpd.dual_control import actions as dual_control
from cpd.dual_control.models import DualControlRequest
from cpd.jobs.publishing import publish_event
from cpd.kernel import clock


class NotValidError(Exception):
    """The certificate was replaced or withdrawn already."""


def ask_to_revoke_certificate(
    session: Session, certificate: Certificate, *, reason: str, actor: Actor, now: datetime
) -> DualControlRequest:
    """Ask a second person to withdraw a certificate; until then it stays valid.

    Raises NotValidError, and what `request_act` raises.
    """
    if certificate.state is not CertificateState.VALID:
        raise NotValidError
    return dual_control.request_act(
        session,
        REVOCATION.name,
        certificate.public_id,
        _build_payload(certificate, reason),
        reason=reason,
        actor=actor,
        now=now,
    )


def confirm_revocation(
    session: Session,
    certificate: Certificate,
    request: DualControlRequest,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Withdraw a certificate as the second person.

    Raises NotValidError, and what `confirm_request` and `complete_confirmed_request` raise.
    """
    dual_control.confirm_request(session, request, actor=actor, now=now)
    payload = _build_payload(certificate, request.reason)
    dual_control.complete_confirmed_request(session, request, payload, actor=actor, now=now)
    ended_at = clock.keep_in_order(now, certificate.issued_at)
    valid = sa.and_(Certificate.id == certificate.id, Certificate.state == CertificateState.VALID)
    values = {"state": CertificateState.REVOKED, "ended_at": ended_at}
    if not compare_and_set(session, sa.update(Certificate).where(valid).values(values)):
        raise NotValidError
    session.refresh(certificate)
    session.add(
        CertificateEnding(
            certificate_id=certificate.id,
            state=CertificateState.REVOKED,
            reason=request.reason,
            actor=actor.subject,
            ended_at=ended_at,
        )
    )
    session.flush()
    audit.add_audit_entry(
        session,
        actor,
        "certificates:certificate:revoke",
        now=now,
        to=certificate.public_id,
        asked=request.public_id,
    )
    publish_event(session, CertificateRevoked(at=now, certificate_id=certificate.id))


def _build_payload(certificate: Certificate, reason: str) -> dict[str, str]:
    return {
        "certificate": certificate.public_id,
        "hash": certificate.snapshot_hash,
        "reason": reason,
    }
