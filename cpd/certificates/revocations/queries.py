"""Reads for those who may withdraw certificates: what was asked for, and of which certificate."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.certificates.models import Certificate
from cpd.certificates.queries import build_record_of_certificate
from cpd.certificates.revocations.rules.purpose import REVOCATION
from cpd.certificates.rules.printed_facts import printed_facts
from cpd.dual_control.models import DualControlRequest
from cpd.dual_control.queries import find_request
from cpd.dual_control.rules.requests import RequestState

MAX_REQUESTS = 50
"""How many open requests the page shows, the oldest first."""


@dataclass(frozen=True)
class AskedRevocation:
    """A withdrawal that a second person is to confirm."""

    request: DualControlRequest
    certificate: Certificate
    name: str
    course: str


def find_open_revocations(
    session: Session, actor: Actor, *, now: datetime
) -> list[AskedRevocation]:
    """Return the withdrawals that somebody is still to confirm, the oldest first."""
    if not actor.may(REVOCATION.permission):
        return []
    rows = session.execute(
        sa.select(DualControlRequest, Certificate)
        .join(Certificate, Certificate.public_id == DualControlRequest.object)
        .where(
            DualControlRequest.purpose == REVOCATION.name,
            DualControlRequest.state == RequestState.ASKED,
            DualControlRequest.expires_at > now,
        )
        .order_by(DualControlRequest.id)
        .limit(MAX_REQUESTS)
    )
    return [
        AskedRevocation(request, certificate, printed["name"], printed["course"])
        for request, certificate in rows
        for printed in [printed_facts(build_record_of_certificate(certificate).parsed_facts)]
    ]


def find_revocations_to_confirm(
    session: Session, actor: Actor, *, now: datetime
) -> list[AskedRevocation]:
    """Return the withdrawals that the actor could confirm now."""
    asked = find_open_revocations(session, actor, now=now)
    return [one for one in asked if one.request.asked_by != actor.subject]


def is_revocation_asked(session: Session, certificate: Certificate) -> bool:
    """Tell whether somebody has asked to withdraw a certificate, and nobody has answered."""
    asked = sa.exists().where(
        DualControlRequest.purpose == REVOCATION.name,
        DualControlRequest.object == certificate.public_id,
        DualControlRequest.state == RequestState.ASKED,
    )
    return bool(session.scalar(sa.select(asked)))


def find_asked_revocation(
    session: Session, actor: Actor, public_id: str
) -> tuple[DualControlRequest, Certificate] | None:
    """Return a request to withdraw a certificate, and the certificate."""
    request = find_request(session, actor, public_id)
    if request is None or request.purpose != REVOCATION.name:
        return None
    certificate = session.scalar(
        sa.select(Certificate).where(Certificate.public_id == request.object)
    )
    return None if certificate is None else (request, certificate)
