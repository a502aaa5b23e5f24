"""Issuing certificates, and storing the files made from them.

A certificate is issued in the transaction in which its last requirement is met. No page and no
command can issue one.
"""

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
import structlog
from babel import Locale, UnknownLocaleError
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import SYSTEM
from cpd.accounts.models import Person
from cpd.certificates import queries, signing
from cpd.certificates.events import CertificateIssued
from cpd.certificates.models import Certificate, CertificateFile, CertificateState, SigningKey
from cpd.certificates.queries import CourseVersionStatus, PassedAttempt
from cpd.certificates.rules import codes
from cpd.certificates.rules.record import Record, build_manifest
from cpd.certificates.rules.snapshot import (
    NO_AUTHORITY,
    Achievement,
    CourseVersion,
    StatedLicense,
    build_snapshot,
    zone_or_utc,
)
from cpd.certificates.signing import Issuer
from cpd.content.readability import build_reading_time
from cpd.courses.events import VersionResumed
from cpd.courses.models import Enrolment, EnrolmentState, Revision
from cpd.courses.outlines import load_outline
from cpd.courses.rules.reviewing import build_review_count
from cpd.db import insert_if_absent
from cpd.jobs.publishing import publish_event
from cpd.kernel import canonical, clock
from cpd.kernel.ids import generate_base32_text, new_public_id
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.events import AttemptConfirmed, AttemptGraded

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
        _issue_certificate_or_log_refusal(session, event.attempt_id, now=now)


def issue_certificate_after_confirmation(
    session: Session, event: AttemptConfirmed, now: datetime
) -> None:
    """Issue a certificate that lacked only the statement."""
    _issue_certificate_or_log_refusal(session, event.attempt_id, now=now)


def issue_certificates_after_resumption(
    session: Session, event: VersionResumed, now: datetime
) -> None:
    """Issue the certificates that a pause of their course version has held back."""
    for attempt_id in queries.find_passed_attempts_without_certificate(session, event.revision_id):
        _issue_certificate_or_log_refusal(session, attempt_id, now=now)


def _issue_certificate_or_log_refusal(session: Session, attempt_id: int, *, now: datetime) -> None:
    issued = issue_certificate_if_complete(
        session, attempt_id, issuer=signing.current_issuer(), now=now
    )
    if isinstance(issued, NotIssued) and issued is not NotIssued.NOT_PASSED:
        log.warning("passed without certificate", attempt=attempt_id, why=issued.value)


def issue_certificate_if_complete(
    session: Session, attempt_id: int, *, issuer: Issuer, now: datetime
) -> Certificate | NotIssued:
    """Issue the certificate for a passed attempt once; a second call returns the first one.

    Everything on the certificate is read from the database. Of two concurrent calls, only one
    writes, thanks to the unique index, and both return what was written. A person who already holds
    a certificate for this course version from another context gets that one back, and the
    enrollment is completed.
    """
    session.flush()
    passed = queries.find_passed_attempt(session, attempt_id)
    if passed is None:
        return NotIssued.NOT_PASSED
    enrolment = passed.attempt.enrolment
    existing = queries.find_valid_certificate(session, enrolment.id, NO_AUTHORITY)
    if existing is not None:
        return existing
    status = queries.find_course_version_status(session, enrolment.course_revision)
    refusal = _find_reason_not_to_issue(session, passed, status)
    if refusal is not None:
        return refusal
    _lock_person_of_subject(session, enrolment.subject)
    elsewhere = queries.find_valid_certificate_of_course_version(session, enrolment, NO_AUTHORITY)
    if elsewhere is not None:
        _mark_enrolment_completed(session, enrolment)
        return elsewhere
    issued_at = clock.keep_in_order(now, passed.attempt.closed_at)
    return _sign_and_add_certificate(session, passed, status, issuer=issuer, now=issued_at)


def _find_reason_not_to_issue(
    session: Session, passed: PassedAttempt, status: CourseVersionStatus
) -> NotIssued | None:
    if queries.attempt_has_revoked_certificate(session, passed.attempt.id):
        return NotIssued.REVOKED
    if not passed.name:
        return NotIssued.NOT_CONFIRMED
    if status.stop is None:
        return None
    return NotIssued.WITHDRAWN if status.stop.is_final else NotIssued.PAUSED


def _sign_and_add_certificate(
    session: Session,
    passed: PassedAttempt,
    status: CourseVersionStatus,
    *,
    issuer: Issuer,
    now: datetime,
) -> Certificate:
    """Sign and write a certificate; return the valid one, which another call may have written."""
    code = codes.build_code_from_random_text(generate_base32_text(codes.BITS))
    facts = _read_and_build_snapshot(session, passed, status, issuer, code=code, now=now)
    _add_certificate_if_absent(session, passed.attempt, NO_AUTHORITY, facts, issuer, now=now)
    issued = queries.find_valid_certificate(session, passed.attempt.enrolment_id, NO_AUTHORITY)
    if issued is None:  # it was just written, by this call or another
        raise RuntimeError("the certificate was not written and did not exist")
    if issued.code == code:  # this call wrote it, not a concurrent one
        _mark_enrolment_completed(session, passed.attempt.enrolment)
        audit.add_audit_entry(
            session,
            SYSTEM,
            "certificates:certificate:issue",
            now=now,
            to=issued.public_id,
            attempt=passed.attempt.public_id,
        )
        publish_event(session, CertificateIssued(at=now, certificate_id=issued.id))
    return issued


def _lock_person_of_subject(session: Session, subject: str) -> None:
    """Make concurrent passes of one person in two contexts wait for each other."""
    holder = sa.select(Person.id).where(Person.subject == subject)
    session.execute(holder.with_for_update(key_share=True))


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


def _read_and_build_snapshot(
    session: Session,
    passed: PassedAttempt,
    status: CourseVersionStatus,
    issuer: Issuer,
    *,
    code: str,
    now: datetime,
) -> dict[str, Any]:
    if passed.attempt.closed_at is None:  # a check constraint forbids it
        raise RuntimeError("a graded attempt has no end")
    result = passed.result
    return build_snapshot(
        _read_course_version(session, passed.attempt.enrolment.course_revision, status),
        Achievement(
            name=passed.name,
            licenses=[
                StatedLicense(license_.authority, license_.number) for license_ in passed.licenses
            ],
            completed_at=passed.attempt.closed_at,
            zone=zone_or_utc(passed.zone),
            earned=result.score_num,
            possible=result.score_den,
            pass_earned=result.pass_num,
            pass_possible=result.pass_den,
        ),
        issuer.provider,
        code=code,
        salt=generate_base32_text(codes.BITS),
        key_id=issuer.keys.current_key_id,
        issued_at=now,
        is_demo=queries.is_demo_database(session),
    )


def _read_course_version(
    session: Session, revision: Revision, status: CourseVersionStatus
) -> CourseVersion:
    course = load_outline(session, revision)
    front, time = course.course.front, build_reading_time(course.required_word_count)
    return CourseVersion(
        title=front.title_on_certificate or revision.title,
        language=front.language,
        language_name=_language_name_in_english(front.language),
        subjects=list(front.subjects),
        authors=front.authors,
        revision=revision.public_id,
        number=revision.number,
        content_hash=revision.content_hash,
        published_at=revision.published_at,
        words=time.words,
        words_per_minute=time.per_minute,
        minutes=time.minutes,
        arithmetic=time.arithmetic,
        is_signed_off=status.is_signed_off,
        is_reviewed_here=build_review_count(course.texts_to_review, status.signed_here).is_complete,
    )


def _language_name_in_english(tag: str) -> str:
    try:
        return Locale.parse(tag, sep="-").get_display_name("en") or tag
    except (UnknownLocaleError, ValueError):
        return tag


def add_corrected_certificate(
    session: Session, certificate: Certificate, facts: dict[str, Any], issuer: Issuer, now: datetime
) -> Certificate:
    """Sign and write the certificate that replaces one which has ended; return it."""
    attempt = session.get_one(Attempt, certificate.attempt_id)
    _add_certificate_if_absent(session, attempt, certificate.authority, facts, issuer, now=now)
    added = queries.find_certificate_by_code(session, facts["code"])
    if added is None:  # the caller ended the only valid one in this transaction
        raise RuntimeError("another valid certificate was in the way of the corrected one")
    return added


def _add_certificate_if_absent(
    session: Session,
    attempt: Attempt,
    authority: str,
    facts: dict[str, Any],
    issuer: Issuer,
    *,
    now: datetime,
) -> None:
    """Sign the facts and add the row with them, unless there is a valid certificate."""
    manifest = build_manifest(facts)
    record = Record(
        snapshot=canonical.encode_json(facts).decode(),
        manifest=manifest,
        signature=issuer.keys.sign_message(manifest.encode()),
        key_id=issuer.keys.current_key_id,
    )
    row = {
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
    is_live = "state = 'valid'"
    insert_if_absent(session, Certificate, [row], by=["enrolment_id", "authority"], where=is_live)
    _add_public_key_if_absent(session, issuer, now=now)


def _add_public_key_if_absent(session: Session, issuer: Issuer, *, now: datetime) -> None:
    key_id = issuer.keys.current_key_id
    row = {"key_id": key_id, "public_key": issuer.keys.public_keys[key_id], "first_used_at": now}
    insert_if_absent(session, SigningKey, [row], by=["key_id"])


def _mark_enrolment_completed(session: Session, enrolment: Enrolment) -> None:
    if enrolment.state is EnrolmentState.ACTIVE:
        enrolment.state = EnrolmentState.COMPLETED
        session.flush()
