"""What a holder would correct: the certificate beside the profile, and whether it may be done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.accounts.profile.queries import find_own_legal_name
from cpd.certificates import queries
from cpd.certificates.corrections.rules.limits import (
    CorrectionRefusal,
    find_reason_not_to_correct,
)
from cpd.certificates.models import Certificate, CertificateState
from cpd.certificates.revocations.queries import is_revocation_asked
from cpd.certificates.rules.snapshot import (
    NO_AUTHORITY,
    StatedLicense,
    find_corrected_facts,
)
from cpd.credit.cycles.queries import find_own_licenses


@dataclass(frozen=True)
class Correction:
    """A certificate of the actor, and what the profile says in place of its facts."""

    certificate: Certificate
    facts: Mapping[str, Any]
    name: str
    licenses: Sequence[StatedLicense]
    corrected: Sequence[str]
    """The facts that differ."""
    refusal: CorrectionRefusal | None


def find_correction(session: Session, actor: Actor, certificate: Certificate) -> Correction:
    """Return what correcting the actor's own certificate would change, and whether it may be."""
    facts = queries.build_record_of_certificate(certificate).parsed_facts
    name = find_own_legal_name(session, actor)
    licenses = _find_licenses_to_state(session, actor, certificate, facts)
    corrected = find_corrected_facts(facts, name=name, licenses=licenses)
    chain = _find_certificates_of_same_pass(session, certificate)
    first = queries.build_record_of_certificate(chain[0]).parsed_facts
    refusal = (
        find_reason_not_to_correct(
            corrected,
            first_name=first["name"],
            name=name,
            correction_count=len(chain) - 1,
            is_revocation_asked=is_revocation_asked(session, certificate),
        )
        if certificate.state is CertificateState.VALID
        else CorrectionRefusal.ENDED
    )
    return Correction(certificate, facts, name, licenses, corrected, refusal)


def _find_licenses_to_state(
    session: Session, actor: Actor, certificate: Certificate, facts: Mapping[str, Any]
) -> Sequence[StatedLicense]:
    """Return what a corrected certificate states: all licenses, or that of its authority.

    A certificate with credit keeps its license if its holder has removed it from the profile.
    """
    own = find_own_licenses(session, actor)
    if certificate.authority != NO_AUTHORITY:
        own = [one for one in own if one.slug == certificate.authority]
    stated = [StatedLicense(one.license.authority, one.license.number) for one in own]
    if certificate.authority == NO_AUTHORITY:
        return stated
    held = [StatedLicense(it["authority"], it["number"]) for it in facts["licences"]["held"]]
    return held if not stated or held[0] in stated else stated[:1]


def _find_certificates_of_same_pass(
    session: Session, certificate: Certificate
) -> Sequence[Certificate]:
    """Return a certificate with those that it replaced, the first of them first."""
    return session.scalars(
        sa.select(Certificate)
        .where(
            Certificate.attempt_id == certificate.attempt_id,
            Certificate.authority == certificate.authority,
        )
        .order_by(Certificate.id)
    ).all()
