"""Issuing certificates, and keeping the files made of them.

A certificate is issued in the transaction in which its last step is taken, and by nothing else:
no page and no command issues one.
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
from cpd.certificates.queries import Pass, Standing
from cpd.certificates.rules import codes
from cpd.certificates.rules.record import Record, manifest
from cpd.certificates.rules.snapshot import (
    NO_AUTHORITY,
    Achievement,
    Author,
    CourseVersion,
    HeldLicence,
    build,
    zone_of,
)
from cpd.certificates.signing import Issuer
from cpd.content.readability import reading_time
from cpd.courses.models import Enrolment, EnrolmentState, Revision
from cpd.courses.outlines import outline
from cpd.db import insert_if_absent
from cpd.jobs.publishing import publish
from cpd.kernel import canonical
from cpd.kernel.ids import new_public_id, random_text
from cpd.quizzes.events import AttemptConfirmed, AttemptGraded

log = structlog.get_logger(__name__)


class NotYet(StrEnum):
    """Why there is no certificate."""

    NOT_PASSED = "not_passed"
    NOT_CONFIRMED = "not_confirmed"
    """The statement and the name to print are missing, or do not fit each other."""
    WITHDRAWN = "withdrawn"
    """This version of the course was withdrawn."""
    REVOKED = "revoked"
    """Its certificate was revoked; grading it once more does not bring it back."""


def on_attempt_graded(session: Session, event: AttemptGraded, now: datetime) -> None:
    """Issue, if the attempt still stands as passed."""
    if event.passed:
        _issue(session, event.attempt_id, now=now)


def on_attempt_confirmed(session: Session, event: AttemptConfirmed, now: datetime) -> None:
    """Issue what waited for its statement alone."""
    _issue(session, event.attempt_id, now=now)


def _issue(session: Session, attempt_id: int, *, now: datetime) -> None:
    done = issue_if_complete(session, attempt_id, issuer=signing.issuer(), now=now)
    if isinstance(done, NotYet) and done is not NotYet.NOT_PASSED:
        log.warning("passed without certificate", attempt=attempt_id, why=done.value)


def issue_if_complete(
    session: Session, attempt_id: int, *, issuer: Issuer, now: datetime
) -> Certificate | NotYet:
    """Issue the certificate of a passed attempt once; a second call returns the first one.

    Takes no facts: everything stated is read from the database. Of two calls at the same moment
    one writes, by the unique index, and both return what was written. Who holds the certificate of
    this course version from another context has that one returned; the enrolment is complete.
    """
    session.flush()
    found = queries.passed(session, attempt_id)
    if found is None:
        return NotYet.NOT_PASSED
    enrolment = found.attempt.enrolment
    already = queries.live(session, enrolment.id, NO_AUTHORITY)
    if already is not None:
        return already
    standing = queries.standing_of(session, enrolment.course_revision)
    if (refusal := _refusal(session, found, standing)) is not None:
        return refusal
    _lock_holder(session, enrolment.subject)
    if (in_another := queries.held(session, enrolment, NO_AUTHORITY)) is not None:
        _complete(session, enrolment)
        return in_another
    code = codes.make(random_text(codes.BITS))
    facts = _facts(session, found, standing, issuer, code=code, now=now)
    record = Record(
        snapshot=canonical.encode(facts).decode(),
        manifest=manifest(facts),
        signature=issuer.keys.sign(manifest(facts).encode()),
        key_id=issuer.keys.current,
    )
    _write(session, found, record, code=code, now=now)
    issued = queries.live(session, enrolment.id, NO_AUTHORITY)
    if issued is None:  # it was just written, or another's was
        raise RuntimeError("the certificate was neither written nor there already")
    if issued.code == code:  # ours, and not that of a call at the same moment
        _keep_public_half(session, issuer, now=now)
        _complete(session, enrolment)
        audit.record(
            session,
            SYSTEM,
            "certificates:certificate:issue",
            now=now,
            to=issued.public_id,
            attempt=found.attempt.public_id,
        )
        publish(session, CertificateIssued(at=now, certificate_id=issued.id))
    return issued


def _refusal(session: Session, found: Pass, standing: Standing) -> NotYet | None:
    if queries.was_revoked(session, found.attempt.id):
        return NotYet.REVOKED
    if not found.name:
        return NotYet.NOT_CONFIRMED
    return NotYet.WITHDRAWN if standing.is_withdrawn else None


def _lock_holder(session: Session, subject: str) -> None:
    """Let passes of one person in two contexts come here one after the other."""
    holder = sa.select(Person.id).where(Person.subject == subject)
    session.execute(holder.with_for_update(key_share=True))


def keep_file(
    session: Session, certificate: Certificate, form: str, content: bytes, *, now: datetime
) -> bytes:
    """Keep a file made of a certificate unless there is one; return the bytes that are kept."""
    file = {
        "certificate_id": certificate.id,
        "format": form,
        "content": content,
        "content_hash": hashlib.sha256(content).hexdigest(),
        "made_at": now,
    }
    insert_if_absent(session, CertificateFile, [file], by=["certificate_id", "format"])
    kept = queries.stored_file(session, certificate.id, form)
    if kept is None:  # it was just written, or another's was
        raise RuntimeError("the file was neither written nor there already")
    return kept


def _facts(
    session: Session,
    found: Pass,
    standing: Standing,
    issuer: Issuer,
    *,
    code: str,
    now: datetime,
) -> dict[str, Any]:
    if found.attempt.closed_at is None:  # a check constraint forbids it
        raise RuntimeError("a graded attempt has no end")
    result = found.result
    return build(
        _course(session, found.attempt.enrolment.course_revision, standing),
        Achievement(
            name=found.name,
            licences=[HeldLicence(it.authority, it.number) for it in found.licences],
            completed_at=found.attempt.closed_at,
            zone=zone_of(found.zone),
            earned=result.score_num,
            possible=result.score_den,
            pass_earned=result.pass_num,
            pass_possible=result.pass_den,
        ),
        issuer.provider,
        code=code,
        salt=random_text(codes.BITS),
        key_id=issuer.keys.current,
        issued_at=now,
        is_demo=queries.is_demo(session),
    )


def _course(session: Session, revision: Revision, standing: Standing) -> CourseVersion:
    made = outline(session, revision)
    front, time = made.course.front, reading_time(made.words)
    return CourseVersion(
        title=revision.title,
        language=front.language,
        language_name=_language_name(front.language),
        subjects=list(front.subjects),
        authors=[Author(one.name, one.credentials, one.role) for one in front.authors],
        revision=revision.public_id,
        number=revision.number,
        content_hash=revision.content_hash,
        published_at=revision.published_at,
        words=time.words,
        words_per_minute=time.per_minute,
        minutes=time.minutes,
        arithmetic=time.arithmetic,
        is_signed_off=standing.is_signed_off,
    )


def _language_name(tag: str) -> str:
    try:
        return Locale.parse(tag, sep="-").get_display_name("en") or tag
    except (UnknownLocaleError, ValueError):
        return tag


def _write(session: Session, found: Pass, record: Record, *, code: str, now: datetime) -> None:
    """Write the row unless a valid one is there."""
    row = {
        "public_id": new_public_id("cer"),
        "code": code,
        "subject": found.attempt.subject,
        "enrolment_id": found.attempt.enrolment_id,
        "attempt_id": found.attempt.id,
        "authority": NO_AUTHORITY,
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


def _keep_public_half(session: Session, issuer: Issuer, *, now: datetime) -> None:
    key_id = issuer.keys.current
    half = {"key_id": key_id, "public_key": issuer.keys.public_keys[key_id], "first_used_at": now}
    insert_if_absent(session, SigningKey, [half], by=["key_id"])


def _complete(session: Session, enrolment: Enrolment) -> None:
    if enrolment.state is EnrolmentState.ACTIVE:
        enrolment.state = EnrolmentState.COMPLETED
        session.flush()
