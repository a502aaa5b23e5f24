"""Reads of what goes into an archive: rosters, completions, certificates and approvals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from cpd.accounts.models import License, Person
from cpd.audits.archives.models import AuditArchive
from cpd.certificates.models import Certificate, CertificateEnding, CertificateFile
from cpd.courses.models import PROVIDER, CourseRow, Enrolment, Revision
from cpd.credit.approvals.models import Approval
from cpd.media.models import Media
from cpd.organisations.models import School
from cpd.quizzes.attempts.models import Attempt, PrintedName
from cpd.quizzes.grading.models import Result
from cpd.quizzes.rules.attempts import AttemptState
from cpd.schools.assignments.models import Assignment
from cpd.schools.cohorts.models import Cohort


@dataclass(frozen=True)
class CompletionRow:
    """A passed exam of the period."""

    attempt_id: int
    subject: str
    printed_name: str
    """The name that the learner confirmed; empty if the account is deleted."""
    course: str
    version: int
    completed_at: datetime
    score: Fraction
    pass_mark: Fraction


@dataclass(frozen=True)
class RosterRow:
    """Someone who took a course in the period."""

    school: str
    class_: str
    course: str
    version: int
    subject: str
    name: str
    """Empty if the account is deleted."""
    licenses: str
    began_at: datetime
    ended_at: datetime | None


def _where_in_archive(archive: AuditArchive) -> Sequence[sa.ColumnElement[bool]]:
    """Say which courses an archive is about; needs `courses`."""
    is_ours = CourseRow.owner == PROVIDER
    if archive.course_id is None:
        return (is_ours,)
    return (is_ours, CourseRow.id == archive.course_id)


def _where_completed(archive: AuditArchive) -> Sequence[sa.ColumnElement[bool]]:
    """Say which attempts are completions of the period."""
    return (
        Attempt.state == AttemptState.GRADED,
        Result.passed.is_(True),
        Attempt.closed_at >= archive.span.begins_at,
        Attempt.closed_at < archive.span.ends_before,
    )


def _select_completed(archive: AuditArchive, *columns: Any) -> sa.Select[Any]:
    return (
        sa.select(*columns)
        .select_from(Attempt)
        .join(Result, Result.attempt_id == Attempt.id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .join(CourseRow, CourseRow.id == Enrolment.course_id)
        .where(*_where_in_archive(archive), *_where_completed(archive))
    )


def count_completions(session: Session, archive: AuditArchive) -> int:
    """Count the passed exams of a period."""
    return session.scalar(_select_completed(archive, sa.func.count(Attempt.id))) or 0


def find_completions(session: Session, archive: AuditArchive) -> Sequence[CompletionRow]:
    """Return the passed exams of a period, the oldest first."""
    rows: Iterable[Any] = session.execute(
        _select_completed(
            archive,
            Attempt.id,
            Attempt.subject,
            sa.func.coalesce(PrintedName.name, ""),
            Revision.stored_title,
            Revision.number,
            Attempt.closed_at,
            Result.score_num,
            Result.score_den,
            Result.pass_num,
            Result.pass_den,
        )
        .join(Revision, Revision.id == Enrolment.course_revision_id)
        .outerjoin(PrintedName, PrintedName.attempt_id == Attempt.id)
        .order_by(Attempt.closed_at, Attempt.id)
    )
    return [
        CompletionRow(
            attempt,
            subject,
            name,
            course,
            version,
            completed_at,
            Fraction(earned, possible),
            Fraction(needed, of),
        )
        for attempt, subject, name, course, version, completed_at, earned, possible, needed, of in (
            rows
        )
    ]


def find_roster(session: Session, archive: AuditArchive) -> Sequence[RosterRow]:
    """Return who began a course in the period or completed one, by school and class."""
    completed = _select_completed(archive, Attempt.enrolment_id)
    began = sa.and_(
        Enrolment.started_at >= archive.span.begins_at,
        Enrolment.started_at < archive.span.ends_before,
    )
    rows: Iterable[Any] = session.execute(
        sa.select(
            sa.func.coalesce(School.name, ""),
            sa.func.coalesce(Cohort.name, ""),
            Revision.stored_title,
            Revision.number,
            Enrolment.subject,
            sa.func.coalesce(Person.name, ""),
            Person.id,
            Enrolment.started_at,
            Enrolment.ended_at,
        )
        .join(CourseRow, CourseRow.id == Enrolment.course_id)
        .join(Revision, Revision.id == Enrolment.course_revision_id)
        .outerjoin(Person, Person.subject == Enrolment.subject)
        .outerjoin(Assignment, Assignment.public_id == Enrolment.context)
        .outerjoin(Cohort, Cohort.id == Assignment.cohort_id)
        .outerjoin(School, School.id == Cohort.school_id)
        .where(*_where_in_archive(archive), sa.or_(began, Enrolment.id.in_(completed)))
        .order_by(School.name, Cohort.name, CourseRow.slug, Enrolment.started_at, Enrolment.id)
    ).all()
    licenses = _find_licenses(session)
    return [
        RosterRow(
            school, class_, course, version, subject, name, licenses.get(person, ""), began, ended
        )
        for school, class_, course, version, subject, name, person, began, ended in rows
    ]


def _find_licenses(session: Session) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    rows = session.execute(
        sa.select(License.person_id, License.authority, License.number).order_by(License.id)
    )
    for person, authority, number in rows:
        found.setdefault(person, []).append(f"{authority}: {number}")
    return {person: "; ".join(stated) for person, stated in found.items()}


@dataclass(frozen=True)
class CertificateRow:
    """A certificate for a completion of the period, and how it ended if it did."""

    certificate: Certificate
    ending: CertificateEnding | None


def _select_certificates(archive: AuditArchive) -> sa.Select[Any]:
    completed = _select_completed(archive, Attempt.id)
    return sa.select(Certificate).where(
        Certificate.attempt_id.in_(completed), Certificate.issued_at <= archive.asked_at
    )


def count_certificates(session: Session, archive: AuditArchive) -> int:
    """Count the certificates for completions of a period."""
    counted = _select_certificates(archive).with_only_columns(sa.func.count(Certificate.id))
    return session.scalar(counted) or 0


def find_certificates(
    session: Session, archive: AuditArchive, *, after: int, at_most: int
) -> Sequence[CertificateRow]:
    """Return some certificates for completions of a period, in the order of their issue."""
    rows = session.execute(
        _select_certificates(archive)
        .add_columns(CertificateEnding)
        .outerjoin(CertificateEnding, CertificateEnding.certificate_id == Certificate.id)
        .order_by(Certificate.id)
        .offset(after)
        .limit(at_most)
    )
    return [CertificateRow(certificate, ending) for certificate, ending in rows]


def find_certificate_files(
    session: Session, certificates: Sequence[Certificate]
) -> Sequence[tuple[int, str, bytes]]:
    """Return the stored files of certificates: whose, in which format, and their bytes."""
    rows = session.execute(
        sa.select(CertificateFile.certificate_id, CertificateFile.format, CertificateFile.content)
        .where(CertificateFile.certificate_id.in_([it.id for it in certificates]))
        .order_by(CertificateFile.id)
    )
    return [(certificate, format_, content) for certificate, format_, content in rows]


def _select_approvals(archive: AuditArchive) -> sa.Select[Approval]:
    """Select what was approved for at least a day of the period, also what was withdrawn since."""
    found = sa.select(Approval).where(
        Approval.entered_at <= archive.asked_at,
        Approval.first_day <= archive.last_day,
        sa.or_(Approval.last_day.is_(None), Approval.last_day >= archive.first_day),
    )
    if archive.course_id is not None:
        found = found.where(
            sa.or_(Approval.course_id.is_(None), Approval.course_id == archive.course_id)
        )
    return found


def count_approvals(session: Session, archive: AuditArchive) -> int:
    """Count the approvals of a period."""
    counted = _select_approvals(archive).with_only_columns(sa.func.count(Approval.id))
    return session.scalar(counted) or 0


def find_approvals(
    session: Session, archive: AuditArchive, *, after: int, at_most: int
) -> Sequence[tuple[Approval, bytes]]:
    """Return some approvals of a period with their letters."""
    rows = session.execute(
        _select_approvals(archive)
        .add_columns(Media.content)
        .join(Media, Media.sha256 == Approval.letter)
        .options(joinedload(Approval.course))
        .order_by(Approval.id)
        .offset(after)
        .limit(at_most)
    )
    return [(approval, letter) for approval, letter in rows]


def find_all_approvals(session: Session, archive: AuditArchive) -> Sequence[Approval]:
    """Return the approvals of a period, without their letters."""
    return session.scalars(
        _select_approvals(archive).options(joinedload(Approval.course)).order_by(Approval.id)
    ).all()


def find_courses_of_archive(session: Session, archive: AuditArchive) -> Sequence[tuple[int, str]]:
    """Return the id and the slug of each course that an archive is about."""
    rows = session.execute(
        sa.select(CourseRow.id, CourseRow.slug)
        .where(*_where_in_archive(archive))
        .order_by(CourseRow.slug)
    )
    return [(id_, slug) for id_, slug in rows]
