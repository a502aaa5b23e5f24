"""Reads of certificates: the actor's own, any by code, and what a certificate is issued from."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload, undefer

from cpd.access.permissions import Actor
from cpd.accounts.models import Person
from cpd.certificates.models import (
    Certificate,
    CertificateEnding,
    CertificateFile,
    CertificateState,
    SigningKey,
)
from cpd.certificates.rules.record import Record
from cpd.certificates.rules.snapshot import NO_AUTHORITY
from cpd.courses.ledgers import find_uncached_ledger
from cpd.courses.models import (
    Document,
    DocumentType,
    Enrolment,
    EnrolmentState,
    Revision,
    RevisionPart,
)
from cpd.courses.queries import select_same_versions
from cpd.courses.rules.ledger import Stop
from cpd.credit.cycles.queries import OwnLicense, find_licenses_of_subject
from cpd.credit.rules.activities import Activity, Manner
from cpd.credit.rules.counting import IssuedCredit
from cpd.db import DEMO, DatabaseMark
from cpd.quizzes.attempts.models import Attempt, PrintedName, Statement
from cpd.quizzes.grading.models import Result
from cpd.quizzes.rules.attempts import AttemptState


@dataclass(frozen=True)
class PassedAttempt:
    """A passed attempt as it is in the database now, with what its certificate will state."""

    attempt: Attempt
    result: Result
    name: str
    """The name confirmed with the statement; empty if none matches it."""
    zone: str
    licenses: Sequence[OwnLicense]


@dataclass(frozen=True)
class CourseVersionStatus:
    """What the ledger says about exactly one version of a course."""

    is_signed_off: bool
    signed_here: frozenset[tuple[str, str]]
    """The names and hashes of the texts that the provider's own reviewers have signed."""
    stop: Stop | None


def find_passed_attempt(session: Session, attempt_id: int) -> PassedAttempt | None:
    """Return a graded attempt with a passing result, or None; the name is as it was confirmed."""
    row = session.execute(
        sa.select(Attempt, Result, Statement, PrintedName, Person.time_zone)
        .join(Result, Result.attempt_id == Attempt.id)
        .outerjoin(Statement, Statement.attempt_id == Attempt.id)
        .outerjoin(PrintedName, PrintedName.attempt_id == Attempt.id)
        .outerjoin(Person, Person.subject == Attempt.subject)
        .where(Attempt.id == attempt_id, Attempt.state == AttemptState.GRADED, Result.passed)
        .options(joinedload(Attempt.enrolment))
        .order_by(Statement.id.desc())
    ).first()
    if row is None:
        return None
    attempt, result, statement, printed, zone = row
    licenses = find_licenses_of_subject(session, attempt.subject)
    name = _name_if_confirmed(statement, printed)
    return PassedAttempt(attempt, result, name, zone or "UTC", licenses)


def _name_if_confirmed(statement: Statement | None, printed: PrintedName | None) -> str:
    if statement is None or printed is None:
        return ""
    name_hash = hashlib.sha256(f"{printed.salt}{printed.name}".encode()).hexdigest()
    return printed.name if name_hash == statement.name_hash else ""


def find_course_version_status(session: Session, course: Revision) -> CourseVersionStatus:
    """Return what the ledger says about exactly this version of a course."""
    ledger = find_uncached_ledger(session, course.document.course_id)
    return CourseVersionStatus(
        is_signed_off=(f"course:{course.document.slug}", course.content_hash) in ledger.signed,
        signed_here=ledger.signed_here,
        stop=ledger.stop_of(course),
    )


def find_passed_attempts_without_certificate(session: Session, revision_id: int) -> Sequence[int]:
    """Return the ids of passed attempts at a course version that earned no certificate yet."""
    return session.scalars(
        sa.select(Attempt.id)
        .join(Result, Result.attempt_id == Attempt.id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(
            Enrolment.course_revision_id.in_(select_same_versions(revision_id)),
            Enrolment.state == EnrolmentState.ACTIVE,
            Attempt.state == AttemptState.GRADED,
            Result.passed,
            ~sa.exists().where(Certificate.attempt_id == Attempt.id),
        )
        .order_by(Attempt.id)
    ).all()


def is_demo_database(session: Session) -> bool:
    """Tell whether this database holds a demonstration."""
    return session.get(DatabaseMark, DEMO) is not None


def find_valid_certificates(session: Session, enrolment_id: int) -> Sequence[Certificate]:
    """Return the valid certificates of an enrollment, one for each authority."""
    return session.scalars(
        sa.select(Certificate)
        .where(
            Certificate.enrolment_id == enrolment_id, Certificate.state == CertificateState.VALID
        )
        .order_by(Certificate.id)
    ).all()


def find_valid_certificates_of_course_version(
    session: Session, enrolment: Enrolment
) -> Sequence[Certificate]:
    """Return the person's valid certificates for the same course version, in any context."""
    return session.scalars(
        sa.select(Certificate)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .where(
            Certificate.subject == enrolment.subject,
            Certificate.state == CertificateState.VALID,
            Enrolment.course_revision_id == enrolment.course_revision_id,
        )
        .order_by(Certificate.id)
    ).all()


def find_issued_credit(session: Session, subject: str) -> Sequence[IssuedCredit]:
    """Return the credit that somebody's valid certificates claim."""
    rows = session.execute(
        sa.select(Certificate, Enrolment.course_id)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .where(
            Certificate.subject == subject,
            Certificate.state == CertificateState.VALID,
            Certificate.authority != NO_AUTHORITY,
        )
        .order_by(Certificate.id)
    )
    return [_build_issued_credit(certificate, course_id) for certificate, course_id in rows]


def _build_issued_credit(certificate: Certificate, course_id: int) -> IssuedCredit:
    facts = build_record_of_certificate(certificate).parsed_facts
    return IssuedCredit(
        authority=certificate.authority,
        enrolment_id=certificate.enrolment_id,
        activity=Activity(
            id=certificate.public_id,
            title=facts["course"],
            organizer=facts["provider"]["name"],
            completed_on=date.fromisoformat(facts["completed"]["on"]),
            minutes=facts["reading"]["minutes"],
            manner=Manner.SELF_PACED_ONLINE,
            stated=Decimal(facts["credit"]["amount"]),
            course_id=course_id,
        ),
    )


def attempt_has_valid_certificate(session: Session, attempt_id: int) -> bool:
    """Tell whether an attempt earned a certificate that is still valid."""
    return _attempt_has_certificate_in_state(session, attempt_id, CertificateState.VALID)


def attempt_has_revoked_certificate(session: Session, attempt_id: int) -> bool:
    """Tell whether the certificate for an attempt was revoked."""
    return _attempt_has_certificate_in_state(session, attempt_id, CertificateState.REVOKED)


def _attempt_has_certificate_in_state(
    session: Session, attempt_id: int, state: CertificateState
) -> bool:
    matching = sa.exists().where(Certificate.attempt_id == attempt_id, Certificate.state == state)
    return bool(session.scalar(sa.select(matching)))


def find_own_certificate(session: Session, actor: Actor, public_id: str) -> Certificate | None:
    """Return the actor's own certificate; None for another person's."""
    return session.scalar(_select_own_certificates(actor).where(Certificate.public_id == public_id))


def find_own_certificates(session: Session, actor: Actor) -> Sequence[Certificate]:
    """Return all certificates of the actor, newest first."""
    return session.scalars(
        _select_own_certificates(actor).order_by(
            Certificate.issued_at.desc(), Certificate.id.desc()
        )
    ).all()


def find_own_certificate_for_attempt(
    session: Session, actor: Actor, attempt_id: int
) -> Certificate | None:
    """Return the actor's first valid certificate for an attempt."""
    return session.scalar(
        _select_own_certificates(actor)
        .where(Certificate.attempt_id == attempt_id, Certificate.state == CertificateState.VALID)
        .order_by(Certificate.id)
        .limit(1)
    )


def _select_own_certificates(actor: Actor) -> sa.Select[Certificate]:
    mine = sa.select(Certificate).where(Certificate.subject == actor.subject)
    return mine if actor.is_signed_in else mine.where(sa.false())


def find_certificate_by_code(session: Session, code: str) -> Certificate | None:
    """Return the certificate with this normalized code, for anybody and in any state."""
    return session.scalar(
        sa.select(Certificate)
        .where(Certificate.code == code)
        .options(joinedload(Certificate.enrolment))
    )


def find_certificate_with_ending_by_code(
    session: Session, code: str
) -> tuple[Certificate, CertificateEnding | None, Certificate | None] | None:
    """Return also how the certificate with a code ended, and what replaced it."""
    successor = aliased(Certificate)
    row = session.execute(
        sa.select(Certificate, CertificateEnding, successor)
        .outerjoin(CertificateEnding, CertificateEnding.certificate_id == Certificate.id)
        .outerjoin(successor, successor.id == Certificate.successor_id)
        .where(Certificate.code == code)
        .options(joinedload(Certificate.enrolment).joinedload(Enrolment.course_revision))
    ).first()
    return None if row is None else (row[0], row[1], row[2])


def find_certificate_by_file_hash(session: Session, content_hash: str) -> Certificate | None:
    """Return the certificate that was downloaded as a file with this SHA-256."""
    return session.scalar(
        sa.select(Certificate)
        .join(CertificateFile, CertificateFile.certificate_id == Certificate.id)
        .where(CertificateFile.content_hash == content_hash)
    )


def find_successor_of_certificate(session: Session, certificate: Certificate) -> Certificate | None:
    """Return the certificate that replaced this one."""
    if certificate.successor_id is None:
        return None
    return session.get(Certificate, certificate.successor_id)


def find_certificate_replaced_by(session: Session, certificate: Certificate) -> Certificate | None:
    """Return the certificate that this one replaced."""
    return session.scalar(sa.select(Certificate).where(Certificate.successor_id == certificate.id))


def find_ending_of_certificate(
    session: Session, certificate: Certificate
) -> CertificateEnding | None:
    """Return how and why a certificate stopped being valid."""
    return session.scalar(
        sa.select(CertificateEnding).where(CertificateEnding.certificate_id == certificate.id)
    )


def build_record_of_certificate(certificate: Certificate) -> Record:
    """Return the signed record of a certificate."""
    return Record(
        certificate.snapshot, certificate.manifest, certificate.signature, certificate.key_id
    )


def find_stored_file_content(
    session: Session, certificate_id: int, format_name: str
) -> bytes | None:
    """Return a certificate's file as it was first made, or None if there is none yet."""
    file = session.scalar(
        sa.select(CertificateFile)
        .where(
            CertificateFile.certificate_id == certificate_id, CertificateFile.format == format_name
        )
        .options(undefer(CertificateFile.content))
    )
    return None if file is None else file.content


def find_signing_keys(session: Session) -> Sequence[SigningKey]:
    """Return the public half of every key that ever signed here, oldest first."""
    return session.scalars(sa.select(SigningKey).order_by(SigningKey.first_used_at)).all()


def find_section_titles(session: Session, course_revision_id: int) -> Sequence[str]:
    """Return the titles of a course version's sections, in order."""
    return session.scalars(
        sa.select(Revision.title)
        .join(RevisionPart, RevisionPart.part_id == Revision.id)
        .join(Document, Document.id == Revision.document_id)
        .where(
            RevisionPart.course_revision_id == course_revision_id,
            Document.type == DocumentType.SECTION,
        )
        .order_by(RevisionPart.position)
    ).all()


def find_newer_course_versions(
    session: Session, certificates: Sequence[Certificate]
) -> Mapping[int, Revision]:
    """Return the newest version of each certificate's course if it is newer, by certificate id."""
    taken, newer, other = aliased(Revision), aliased(Revision), aliased(Revision)
    newest = (
        sa.select(sa.func.max(other.number))
        .where(other.document_id == taken.document_id)
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(Certificate.id, newer)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .join(taken, taken.id == Enrolment.course_revision_id)
        .join(newer, sa.and_(newer.document_id == taken.document_id, newer.number == newest))
        .where(
            Certificate.id.in_([certificate.id for certificate in certificates]),
            newer.number > taken.number,
        )
    )
    return {row[0]: row[1] for row in rows}
