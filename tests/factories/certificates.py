"""Passed attempts and certificates as rows: for tests of certificates, not of how one passes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.accounts.models import Person
from cpd.certificates import actions, signing
from cpd.certificates.models import Certificate
from cpd.certificates.rules import codes, snapshot
from cpd.courses import queries as courses
from cpd.courses.models import (
    Channel,
    CourseRow,
    Document,
    DocumentType,
    Enrolment,
    Revision,
    RevisionPart,
)
from cpd.courses.rules.addresses import OWN
from cpd.courses.rules.fronts.course import Author
from cpd.courses.rules.fronts.exam import ExamPolicy
from cpd.db import unit_of_work
from cpd.kernel import clock
from cpd.kernel.ids import generate_base32_text
from cpd.quizzes.attempts.models import Attempt, PrintedName, Statement
from cpd.quizzes.grading.models import Result
from cpd.quizzes.rules.attempts import AttemptState, Deadline

TITLE = "Massage in hot weather"
PROVIDER = snapshot.Provider(
    "Harbour Continuing Education", "courses@harbour.example", "https://cpd.example.org"
)


def facts(
    *,
    name: str = "Maya Chidinma Okafor",
    licences: Sequence[snapshot.StatedLicense] = (
        snapshot.StatedLicense("Texas Board", "MT 004711"),
    ),
    title: str = TITLE,
    authors: list[Author] | None = None,
    is_demo: bool = True,
    completed_at: datetime | None = None,
) -> dict[str, Any]:
    """Return a snapshot with something in every fact."""
    now = completed_at or clock.now()
    return snapshot.build_snapshot(
        snapshot.CourseVersion(
            title=title,
            language="en-GB",
            language_name="English (United Kingdom)",
            subjects=["Neurology", "Client safety"],
            authors=authors or [Author("Ada Lindqvist", "LMT", "author")],
            revision="rev_0123456789abcdefghjkmnpqrs",
            number=3,
            content_hash="c0ffee" * 10 + "0000",
            published_at=now - timedelta(days=3),
            words=4321,
            words_per_minute=200,
            minutes=22,
            arithmetic="4,321 words ÷ 200 a minute = 21.6 minutes",
            is_signed_off=False,
            is_reviewed_here=False,
        ),
        snapshot.Achievement(
            name=name,
            licenses=licences,
            completed_at=now,
            zone=ZoneInfo("America/Chicago"),
            earned=11,
            possible=12,
            pass_earned=3,
            pass_possible=4,
        ),
        PROVIDER,
        code=codes.build_code_from_random_text(generate_base32_text(codes.BITS)),
        salt=generate_base32_text(codes.BITS),
        key_id="20261101T080000Z-0123abcd",
        issued_at=now,
        is_demo=is_demo,
    )


def first_form(made: dict[str, Any]) -> dict[str, Any]:
    """Return a snapshot as it was before licenses were part of it."""
    return {name: fact for name, fact in made.items() if name != "licences"} | {"schema": 1}


def add_document(session: Session, kind: DocumentType, course: str, slug: str) -> Document:
    """Add the identity of a course or of a part of one."""
    row = courses.find_course_row(session, course)
    if row is None:
        row = CourseRow(slug=course, channel=Channel.LOCAL)
        session.add(row)
        session.flush()
    document = Document(type=kind, course_id=row.id, slug=slug)
    session.add(document)
    session.flush()
    return document


def add_revision(session: Session, document: Document, number: int = 1, **given: Any) -> Revision:
    """Add a published version."""
    text = f"{document.course_id}/{document.slug}/{number}"
    revision = Revision(
        document_id=document.id,
        number=number,
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
        title=given.pop("title", document.slug.capitalize()),
        front=given.pop("front", {}),
        published_at=clock.now() - timedelta(days=10),
        **given,
    )
    session.add(revision)
    session.flush()
    return revision


def add_course(session: Session, slug: str = "hot-weather", **front: Any) -> Revision:
    """Add a course of two sections, 1,000 words together, and an exam."""
    sections = ["noticing", "adapting"]
    course = add_revision(
        session,
        add_document(session, DocumentType.COURSE, slug, slug),
        title=TITLE,
        front={
            "language": "en",
            "subject": ["Neurology", "Client safety"],
            "summary": "Two short sections on hot weather.",
            "level": "introductory",
            "objectives": [{"id": "notice", "text": "Notice the signs of heat illness"}],
            "authors": [{"name": "Ada Lindqvist", "credentials": "LMT", "role": "author"}],
            "disclosures": "None",
            "released": "2026-01-15",
            "review_by": "2027-01-15",
            "expires": "2028-01-15",
            "sections": sections,
            **front,
        },
    )
    parts = [
        add_revision(
            session,
            add_document(session, DocumentType.SECTION, slug, section),
            words=500,
            front={"required": True},
        )
        for section in sections
    ]
    exam = add_document(session, DocumentType.EXAM, slug, "exam")
    parts.append(add_revision(session, exam, front=ExamPolicy().to_json()))
    for position, part in enumerate(parts):
        session.add(RevisionPart(course_revision_id=course.id, part_id=part.id, position=position))
    session.flush()
    return course


@dataclass(frozen=True)
class AttemptFacts:
    """What may differ from a pass with eleven of twelve marks."""

    earned: int = 11
    possible: int = 12
    passed: bool = True
    state: AttemptState = AttemptState.GRADED
    number: int = 1
    name: str | None = "Maya Chidinma Okafor"
    """The printed name; None for an attempt without statement."""


def add_enrolment(
    session: Session, person: Person, course: Revision, context: str = OWN
) -> Enrolment:
    """Enrol somebody."""
    enrolment = Enrolment(
        subject=person.subject,
        course_id=course.document.course_id,
        context=context,
        course_revision_id=course.id,
    )
    session.add(enrolment)
    session.flush()
    return enrolment


def add_attempt(
    session: Session, enrolment: Enrolment, details: AttemptFacts = AttemptFacts()
) -> Attempt:
    """Add an attempt with its result and statement."""
    revision = session.scalars(
        select(Revision)
        .join(Revision.document)
        .where(Document.type == DocumentType.EXAM, Document.course_id == enrolment.course_id)
    ).one()
    ended = clock.now() - timedelta(minutes=2)
    attempt = Attempt(
        subject=enrolment.subject,
        enrolment_id=enrolment.id,
        exam_id=revision.document_id,
        exam_revision_id=revision.id,
        number=details.number,
        state=details.state,
        started_at=ended - timedelta(hours=1),
        deadline_at=None,
        deadline_inputs=Deadline(clock.now()).to_json(),
        gate={"is_met": True},
        closed_at=ended,
    )
    session.add(attempt)
    session.flush()
    session.add(
        Result(
            attempt_id=attempt.id,
            grade_number=1,
            score_num=details.earned,
            score_den=details.possible,
            pass_num=3,
            pass_den=4,
            critical_count=0,
            gate_met=True,
            passed=details.passed,
            detail={},
            graded_at=ended,
        )
    )
    if details.name is not None:
        add_name(session, attempt, details.name)
    session.flush()
    return attempt


def add_name(session: Session, attempt: Attempt, name: str, *, stated: str | None = None) -> None:
    """Add the statement and the name to print; `stated` makes the statement about another name."""
    salt = "5a17" * 8
    session.add(PrintedName(attempt_id=attempt.id, salt=salt, name=name))
    session.add(
        Statement(
            attempt_id=attempt.id,
            text="The work was mine.",
            name_hash=hashlib.sha256(f"{salt}{stated or name}".encode()).hexdigest(),
            made_at=clock.now(),
        )
    )
    session.flush()


def passed(session: Session, person: Person, **differing: Any) -> Attempt:
    """Add a course, an enrolment in it, and a passed try."""
    return add_attempt(
        session, add_enrolment(session, person, add_course(session)), AttemptFacts(**differing)
    )


def issue(app: Flask, person: Person, **differing: Any) -> Certificate:
    """Let somebody pass, and issue what they earned."""
    with app.app_context(), unit_of_work() as session:
        attempt = passed(session, person, **differing)
        done = actions.issue_certificates_if_complete(
            session, attempt.id, issuer=signing.current_issuer(), now=clock.now()
        )
        assert not isinstance(done, actions.NotIssued), done
        session.expunge(done[0])
        return done[0]
