"""Credit after a pass: asked for other licenses later, or granted against reasons set aside."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.certificates import queries
from cpd.certificates.actions import (
    NotIssued,
    add_certificates,
    add_decisions,
    find_reason_not_to_issue,
    lock_person_of_subject,
)
from cpd.certificates.claims.drafting import CheckedPass, Finding, check_pass, find_credit
from cpd.certificates.claims.models import CreditDecision
from cpd.certificates.claims.queries import find_standing_reasons
from cpd.certificates.claims.rules.overriding import may_override
from cpd.certificates.models import Certificate
from cpd.certificates.signing import Issuer
from cpd.credit.rules.issue_checks import Refusal
from cpd.kernel import clock
from cpd.quizzes.attempts.models import Attempt


class OverrideRefusal(StrEnum):
    """Why a refusal was not set aside."""

    BARRED = "barred"
    """One of its reasons may not be."""
    CHANGED = "changed"
    """Other reasons stand against it now, or it has its certificate already."""


@dataclass(frozen=True)
class _PassToExtend:
    """A pass that has its certificates, and that may earn more."""

    attempt: Attempt
    checked: CheckedPass
    done: frozenset[str]
    """The authorities that have a certificate of it."""


def ask_for_credit(
    session: Session, certificate: Certificate, *, issuer: Issuer, actor: Actor, now: datetime
) -> Sequence[Certificate] | NotIssued:
    """Check the licenses of the actor again for a pass, and issue what they give now.

    The day of the pass decides, with the name and the zone of the given certificate.
    """
    found = _find_pass_to_extend(session, certificate)
    if isinstance(found, NotIssued):
        return found
    now = clock.keep_in_order(now, certificate.issued_at)
    findings = find_credit(found.checked, issuer, now=now, done=found.done)
    return _issue(session, found.attempt, findings, issuer, by=actor, now=now)


def override_refusal(
    session: Session,
    decision: CreditDecision,
    certificate: Certificate,
    *,
    why: str,
    issuer: Issuer,
    actor: Actor,
    now: datetime,
) -> Certificate | OverrideRefusal | NotIssued:
    """Set aside the reasons that an administrator has read, for one license of one pass.

    `certificate` is any valid one of the pass. A reason that came up since then stands.
    """
    reasons = [Refusal(reason) for reason in decision.reasons]
    if not may_override(reasons):
        return OverrideRefusal.BARRED
    found = _find_pass_to_extend(session, certificate)
    if isinstance(found, NotIssued):
        return found
    now = clock.keep_in_order(now, certificate.issued_at)
    checks = [it for it in found.checked.checks if it.own.license.public_id == decision.license]
    checked = replace(found.checked, checks=checks)
    findings = find_credit(checked, issuer, now=now, done=found.done, overridden=reasons)
    issued = _issue(session, found.attempt, findings, issuer, by=actor, now=now)
    if not issued:
        return OverrideRefusal.CHANGED
    audit.add_audit_entry(
        session,
        actor,
        "certificates:credit:override",
        now=now,
        to=issued[0].public_id,
        decision=decision.public_id,
        authority=decision.authority,
        reasons=", ".join(reasons),
        why=why,
    )
    return issued[0]


def _find_pass_to_extend(session: Session, certificate: Certificate) -> _PassToExtend | NotIssued:
    session.flush()
    lock_person_of_subject(session, certificate.subject)
    passed = queries.find_passed_attempt(session, certificate.attempt_id)
    if passed is None:
        return NotIssued.NOT_PASSED
    enrolment = passed.attempt.enrolment
    status = queries.find_course_version_status(session, enrolment.course_revision)
    refusal = find_reason_not_to_issue(session, passed, status)
    if refusal is not None:
        return refusal
    facts = queries.build_record_of_certificate(certificate).parsed_facts
    as_certified = replace(passed, name=facts["name"], zone=facts["completed"]["zone"])
    valid = queries.find_valid_certificates_of_course_version(session, enrolment)
    return _PassToExtend(
        passed.attempt,
        check_pass(session, as_certified, status),
        frozenset(one.authority for one in valid),
    )


def _issue(
    session: Session,
    attempt: Attempt,
    findings: Collection[Finding],
    issuer: Issuer,
    *,
    by: Actor,
    now: datetime,
) -> Sequence[Certificate]:
    """Issue what was found, and write what was decided if it differs from what stands."""
    standing = find_standing_reasons(session, attempt.enrolment_id)
    drafts = [one.draft for one in findings if one.draft is not None]
    issued = add_certificates(session, attempt, drafts, issuer, now=now) if drafts else []
    differing = [
        one
        for one in findings
        if one.draft or standing.get(one.check.own.license.public_id) != list(one.reasons)
    ]
    add_decisions(session, attempt, differing, issued, by=by, now=now)
    return issued
