"""Issuing certificates, and storing the files made from them.

A certificate is issued in the transaction in which its last requirement is met. No page and no
command can issue one.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import SYSTEM, Actor
from cpd.accounts.models import Person
from cpd.certificates import queries, signing
from cpd.certificates.claims.drafting import (
    Draft,
    Finding,
    check_pass,
    draft_certificate_without_credit,
    find_credit,
)
from cpd.certificates.claims.models import CreditDecision, CreditState
from cpd.certificates.events import CertificateIssued
from cpd.certificates.models import Certificate, CertificateFile, CertificateState, SigningKey
from cpd.certificates.queries import CourseVersionStatus, PassedAttempt
from cpd.certificates.rules.record import Record, build_manifest
from cpd.certificates.signing import Issuer
from cpd.courses.events import VersionResumed
from cpd.courses.models import Enrolment, EnrolmentState
from cpd.credit.needs.queries import is_credit_wanted
from cpd.db import insert_if_absent
from cpd.jobs.publishing import publish_event
from cpd.kernel import canonical, clock
from cpd.kernel.ids import new_public_id
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.events import AttemptConfirmed, AttemptGraded

WORKSHEET = "worksheet"
"""Names the stored arithmetic of a certificate's credit among its files."""

log = structlog.get_logger(__name__)


class NotIssued(StrEnum):
    """Why there is no certificate."""

    NOT_PASSED = "not_passed"
    NOT_CONFIRMED = "not_confirmed"
    """The statement and the name to print are missing or do not match."""
    WITHDRAWN = "withdrawn"
    """This version of the course was withdrawn."""
    PAUSED = "paused"
    """This version is paused; the certificate is issued when it goes on."""
    REVOKED = "revoked"
    """Its certificate was revoked; grading the attempt again does not bring it back."""


def issue_certificate_after_passed_grading(
    session: Session, event: AttemptGraded, now: datetime
) -> None:
    """Issue the certificate if the attempt still counts as passed."""
    if event.passed:
        _issue_certificates_or_log_refusal(session, event.attempt_id, now=now)


def issue_certificate_after_confirmation(
    session: Session, event: AttemptConfirmed, now: datetime
) -> None:
    """Issue a certificate that lacked only the statement."""
    _issue_certificates_or_log_refusal(session, event.attempt_id, now=now)


def issue_certificates_after_resumption(
    session: Session, event: VersionResumed, now: datetime
) -> None:
    """Issue the certificates that a pause of their course version has held back."""
    for attempt_id in queries.find_passed_attempts_without_certificate(session, event.revision_id):
        _issue_certificates_or_log_refusal(session, attempt_id, now=now)


def _issue_certificates_or_log_refusal(session: Session, attempt_id: int, *, now: datetime) -> None:
    issued = issue_certificates_if_complete(
        session, attempt_id, issuer=signing.current_issuer(), now=now
    )
    if isinstance(issued, NotIssued) and issued is not NotIssued.NOT_PASSED:
        log.warning("passed without certificate", attempt=attempt_id, why=issued.value)


def issue_certificates_if_complete(
    session: Session, attempt_id: int, *, issuer: Issuer, now: datetime
) -> Sequence[Certificate] | NotIssued:
    """Issue what a passed attempt earns once; a second call returns the same certificates.

    Each authority for which its holder has a license, and against which nothing stands, gives one
    certificate. If there is none, one without credit is issued. Everything on them is read from the
    database. Of two concurrent calls, only one writes, thanks to the unique index, and both return
    what was written. A person who already holds a certificate for this course version from another
    context gets that one back unless this pass counts somewhere, and the enrollment is completed.
    """
    session.flush()
    passed = queries.find_passed_attempt(session, attempt_id)
    if passed is None:
        return NotIssued.NOT_PASSED
    enrolment = passed.attempt.enrolment
    lock_person_of_subject(session, enrolment.subject)
    existing = queries.find_valid_certificates(session, enrolment.id)
    if existing:
        return existing
    status = queries.find_course_version_status(session, enrolment.course_revision)
    refusal = find_reason_not_to_issue(session, passed, status)
    if refusal is not None:
        return refusal
    is_wanted = is_credit_wanted(session, enrolment) is not False
    checked = check_pass(session, passed, status, is_credit_wanted=is_wanted)
    issued_at = clock.keep_in_order(now, passed.attempt.closed_at)
    elsewhere = queries.find_valid_certificates_of_course_version(session, enrolment)
    done = {one.authority for one in elsewhere}
    findings = find_credit(checked, issuer, now=issued_at, done=done)
    drafts = [one.draft for one in findings if one.draft is not None]
    if not drafts and elsewhere:
        _mark_enrolment_completed(session, enrolment)
        add_decisions(session, passed.attempt, findings, [], by=SYSTEM, now=issued_at)
        return elsewhere
    drafts = drafts or [draft_certificate_without_credit(checked, issuer, now=issued_at)]
    issued = add_certificates(session, passed.attempt, drafts, issuer, now=issued_at)
    add_decisions(session, passed.attempt, findings, issued, by=SYSTEM, now=issued_at)
    return issued


def find_reason_not_to_issue(
    session: Session, passed: PassedAttempt, status: CourseVersionStatus
) -> NotIssued | None:
    """Return what keeps a pass from earning any certificate now, or None."""
    if queries.attempt_has_revoked_certificate(session, passed.attempt.id):
        return NotIssued.REVOKED
    if not passed.name:
        return NotIssued.NOT_CONFIRMED
    if status.stop is None:
        return None
    return NotIssued.WITHDRAWN if status.stop.is_final else NotIssued.PAUSED


def add_certificates(
    session: Session, attempt: Attempt, drafts: Sequence[Draft], issuer: Issuer, *, now: datetime
) -> Sequence[Certificate]:
    """Sign and write certificates of a pass; return those that are valid for their authorities.

    Another call may have written one of them.
    """
    rows = [
        _build_certificate_row(attempt, one.authority, one.facts, issuer, now) for one in drafts
    ]
    _add_certificate_rows_if_absent(session, rows, issuer, now=now)
    codes_here, authorities = {row["code"] for row in rows}, {one.authority for one in drafts}
    valid = [
        one
        for one in queries.find_valid_certificates(session, attempt.enrolment_id)
        if one.authority in authorities
    ]
    own = [one for one in valid if one.code in codes_here]
    _add_worksheets(session, own, {one.authority: one.worksheet for one in drafts}, now=now)
    _mark_enrolment_completed(session, attempt.enrolment)
    for certificate in own:
        audit.add_audit_entry(
            session,
            SYSTEM,
            "certificates:certificate:issue",
            now=now,
            to=certificate.public_id,
            attempt=attempt.public_id,
            authority=certificate.authority,
        )
        publish_event(session, CertificateIssued(at=now, certificate_id=certificate.id))
    return valid


def add_decisions(
    session: Session,
    attempt: Attempt,
    findings: Sequence[Finding],
    issued: Sequence[Certificate],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Write what the check of each license found."""
    given = {one.authority: one.id for one in issued}
    session.add_all(
        CreditDecision(
            subject=attempt.subject,
            enrolment_id=attempt.enrolment_id,
            attempt_id=attempt.id,
            authority=one.check.authority.slug,
            license=one.check.own.license.public_id,
            state=CreditState.ISSUED if one.draft else CreditState.REFUSED,
            reasons=list(one.reasons),
            overridden=list(one.overridden),
            certificate_id=given[one.check.authority.slug] if one.draft else None,
            decided_by=by.subject,
            decided_at=now,
        )
        for one in findings
    )
    session.flush()


def lock_person_of_subject(session: Session, subject: str) -> None:
    """Make concurrent passes of one person in two contexts wait for each other."""
    holder = sa.select(Person.id).where(Person.subject == subject)
    session.execute(holder.with_for_update(key_share=True))


def _add_worksheets(
    session: Session,
    certificates: Sequence[Certificate],
    worksheets: Mapping[str, bytes],
    *,
    now: datetime,
) -> None:
    """Store the arithmetic whose hash each certificate with credit states."""
    session.add_all(
        CertificateFile(
            certificate_id=one.id,
            format=WORKSHEET,
            content=worksheets[one.authority],
            content_hash=hashlib.sha256(worksheets[one.authority]).hexdigest(),
            made_at=now,
        )
        for one in certificates
        if worksheets[one.authority]
    )


def add_certificate_file_if_absent(
    session: Session, certificate: Certificate, format_name: str, content: bytes, *, now: datetime
) -> bytes:
    """Store a file of a certificate unless there is one already; return the stored bytes."""
    file = {
        "certificate_id": certificate.id,
        "format": format_name,
        "content": content,
        "content_hash": hashlib.sha256(content).hexdigest(),
        "made_at": now,
    }
    insert_if_absent(session, CertificateFile, [file], by=["certificate_id", "format"])
    stored = queries.find_stored_file_content(session, certificate.id, format_name)
    if stored is None:  # it was just written, by this call or another
        raise RuntimeError("the file was not written and did not exist")
    return stored


def add_corrected_certificate(
    session: Session, certificate: Certificate, facts: dict[str, Any], issuer: Issuer, now: datetime
) -> Certificate:
    """Sign and write the certificate that replaces one which has ended; return it."""
    attempt = session.get_one(Attempt, certificate.attempt_id)
    row = _build_certificate_row(attempt, certificate.authority, facts, issuer, now)
    _add_certificate_rows_if_absent(session, [row], issuer, now=now)
    added = queries.find_certificate_by_code(session, facts["code"])
    if added is None:  # the caller ended the only valid one in this transaction
        raise RuntimeError("another valid certificate was in the way of the corrected one")
    return added


def _build_certificate_row(
    attempt: Attempt, authority: str, facts: dict[str, Any], issuer: Issuer, now: datetime
) -> dict[str, Any]:
    """Sign the facts and return the row with them."""
    manifest = build_manifest(facts)
    record = Record(
        snapshot=canonical.encode_json(facts).decode(),
        manifest=manifest,
        signature=issuer.keys.sign_message(manifest.encode()),
        key_id=issuer.keys.current_key_id,
    )
    return {
        "public_id": new_public_id("cer"),
        "code": facts["code"],
        "subject": attempt.subject,
        "enrolment_id": attempt.enrolment_id,
        "attempt_id": attempt.id,
        "authority": authority,
        "state": CertificateState.VALID,
        "snapshot": record.snapshot,
        "snapshot_hash": hashlib.sha256(record.snapshot.encode()).hexdigest(),
        "manifest": record.manifest,
        "signature": record.signature,
        "key_id": record.key_id,
        "issued_at": now,
    }


def _add_certificate_rows_if_absent(
    session: Session, rows: Sequence[dict[str, Any]], issuer: Issuer, *, now: datetime
) -> None:
    """Add the rows, each unless there is a valid certificate for its authority."""
    is_live = "state = 'valid'"
    insert_if_absent(session, Certificate, rows, by=["enrolment_id", "authority"], where=is_live)
    _add_public_key_if_absent(session, issuer, now=now)


def _add_public_key_if_absent(session: Session, issuer: Issuer, *, now: datetime) -> None:
    key_id = issuer.keys.current_key_id
    row = {"key_id": key_id, "public_key": issuer.keys.public_keys[key_id], "first_used_at": now}
    insert_if_absent(session, SigningKey, [row], by=["key_id"])


def _mark_enrolment_completed(session: Session, enrolment: Enrolment) -> None:
    if enrolment.state is EnrolmentState.ACTIVE:
        enrolment.state = EnrolmentState.COMPLETED
        session.flush()
