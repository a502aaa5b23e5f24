"""Reads of any learner's record, for an administrator who opened it and said why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access.audit import AuditEntry
from cpd.access.permissions import Actor, Permission
from cpd.accounts.models import Person
from cpd.certificates.models import Certificate
from cpd.certificates.queries import build_record_of_certificate
from cpd.certificates.rules.codes import CodeFault, parse_code
from cpd.certificates.rules.printed_facts import printed_facts
from cpd.courses.enrolment.queries import find_own_courses
from cpd.courses.queries import Course
from cpd.courses.rules.reading import Progress
from cpd.dashboard.queries import find_courses_in_progress
from cpd.db import Page, find_page
from cpd.quizzes.grading.queries import AttemptSummary, find_own_attempt_summaries

OPENING = "audits:record:open"
"""What the audit trail calls it."""
OPEN_FOR = timedelta(hours=1)
"""How long a record stays open for the administrator who said why."""
PAGE = 30
MOST = 50
"""The most attempts that are shown; nobody has this many."""


@dataclass(frozen=True)
class Learner:
    """Someone with a record: a person, or the holder of certificates whose account is deleted."""

    subject: str
    name: str
    person_id: int | None

    @property
    def eyes(self) -> Actor:
        """The learner as one who reads their own rows; those of a deleted account are read too."""
        return Actor(self.person_id or 0, self.subject)


@dataclass(frozen=True)
class OpenRecord:
    """A record that is open, and what it was opened for."""

    public_id: str
    learner: Learner
    purpose: str
    open_until: datetime


@dataclass(frozen=True)
class StatedCertificate:
    """A certificate and what it states."""

    certificate: Certificate
    facts: Mapping[str, str]


@dataclass(frozen=True)
class RecordOfLearner:
    """What the page shows."""

    courses: Sequence[Course]
    progress: Mapping[int, Progress]
    attempts: Sequence[AttemptSummary]
    certificates: Page[Certificate]
    stated: Sequence[StatedCertificate]


def find_learner(session: Session, actor: Actor, key: str) -> Learner | None:
    """Return whose record a person's public id or a certificate's stands for."""
    if not actor.may(Permission.RECORD_READ):
        return None
    person = session.scalar(sa.select(Person).where(Person.public_id == key))
    if person is not None:
        return Learner(person.subject, person.name, person.id)
    held = session.scalar(sa.select(Certificate).where(Certificate.public_id == key))
    return None if held is None else _build_learner(session, held.subject)


def _build_learner(session: Session, subject: str) -> Learner | None:
    """Return a learner with the name of their account, or else that of their newest certificate."""
    person = session.scalar(sa.select(Person).where(Person.subject == subject))
    if person is not None:
        return Learner(subject, person.name, person.id)
    newest = session.scalar(_select_certificates(subject).limit(1))
    if newest is None:
        return None
    return Learner(subject, _state(newest).facts["name"], None)


def find_certificate_by_typed_code(session: Session, actor: Actor, typed: str) -> str | None:
    """Return the public id of the certificate with a code, as it was typed."""
    code = parse_code(typed)
    if isinstance(code, CodeFault) or not actor.may(Permission.RECORD_READ):
        return None
    return session.scalar(sa.select(Certificate.public_id).where(Certificate.code == code))


def find_open_record(
    session: Session, actor: Actor, public_id: str, *, now: datetime
) -> OpenRecord | None:
    """Return a record that this administrator opened within the last hour."""
    if not actor.may(Permission.RECORD_READ):
        return None
    entry = session.scalar(
        sa.select(AuditEntry).where(
            AuditEntry.public_id == public_id,
            AuditEntry.action == OPENING,
            AuditEntry.actor == actor.subject,
            AuditEntry.at > now - OPEN_FOR,
        )
    )
    learner = None if entry is None else _build_learner(session, entry.object)
    if entry is None or learner is None:
        return None
    return OpenRecord(public_id, learner, str(entry.detail["purpose"]), entry.at + OPEN_FOR)


def find_record(
    session: Session, learner: Learner, *, page: int, now: datetime
) -> RecordOfLearner | None:
    """Return a learner's courses, attempts and certificates; None past the last page."""
    certificates = find_page(session, _select_certificates(learner.subject), number=page, size=PAGE)
    if certificates is None:
        return None
    mine = find_own_courses(session, learner.eyes)
    in_progress = find_courses_in_progress(session, learner.eyes, mine, now=now)
    return RecordOfLearner(
        courses=mine,
        progress={course.enrolment.id: course.progress for course in in_progress},
        attempts=find_own_attempt_summaries(session, learner.eyes, now=now)[:MOST],
        certificates=certificates,
        stated=[_state(row) for row in certificates.rows],
    )


def find_all_certificates(session: Session, learner: Learner) -> Sequence[StatedCertificate]:
    """Return all certificates of a learner, the newest first."""
    return [_state(row) for row in session.scalars(_select_certificates(learner.subject))]


def _select_certificates(subject: str) -> sa.Select[Certificate]:
    newest_first = Certificate.issued_at.desc(), Certificate.id.desc()
    return sa.select(Certificate).where(Certificate.subject == subject).order_by(*newest_first)


def _state(row: Certificate) -> StatedCertificate:
    return StatedCertificate(row, printed_facts(build_record_of_certificate(row).parsed_facts))
