"""Reads about exams, tries and practice that need no key."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from cpd.access.permissions import Actor
from cpd.courses.models import (
    Document,
    DocumentType,
    Enrolment,
    Revision,
    RevisionPart,
    SectionReading,
)
from cpd.quizzes.models import Attempt, PracticeAnswer, Result
from cpd.quizzes.rules import attempts
from cpd.quizzes.rules.attempts import AttemptState, Deadline
from cpd.quizzes.rules.case import CaseFront, Pool
from cpd.quizzes.rules.policy import ExamPolicy
from cpd.quizzes.rules.starting import Done, PastTry, Remedy


def parts_of(session: Session, course_revision_id: int, kind: DocumentType) -> list[Revision]:
    """Return the parts of one type of a course revision, in their order."""
    return list(
        session.scalars(
            select(Revision)
            .join(RevisionPart, RevisionPart.part_id == Revision.id)
            .join(Revision.document)
            .where(
                RevisionPart.course_revision_id == course_revision_id,
                Document.type == kind,
            )
            .order_by(RevisionPart.position)
        )
    )


def exam_of(session: Session, course_revision_id: int) -> Revision | None:
    """Return the exam rule of a course revision, or None for a course without an exam."""
    found = parts_of(session, course_revision_id, DocumentType.EXAM)
    return found[0] if found else None


def policy_of(exam: Revision) -> ExamPolicy:
    """Return an exam's rule as the rules know it."""
    return ExamPolicy.from_json(exam.front)


def cases_in(session: Session, course_revision_id: int, pool: Pool) -> list[Revision]:
    """Return the cases of one pool of a course revision."""
    cases = parts_of(session, course_revision_id, DocumentType.CASE)
    return [case for case in cases if case.front["pool"] == pool]


def tries_of(session: Session, subject: str, exam_id: int) -> list[tuple[Attempt, Result | None]]:
    """Return a person's tries at an exam over all their enrolments, first to last."""
    rows = session.execute(
        select(Attempt, Result)
        .outerjoin(Result, Result.attempt_id == Attempt.id)
        .where(Attempt.subject == subject, Attempt.exam_id == exam_id)
        .order_by(Attempt.number)
    )
    return [(attempt, result) for attempt, result in rows]


def past_try(
    attempt: Attempt, result: Result | None, *, now: datetime, practised_on: frozenset[str]
) -> PastTry:
    """Return one try as the rules of starting know it.

    `practised_on`: the safety topics that have a practice case; nobody is asked for another.
    """
    state = attempts.effective_state(
        attempt.state, Deadline.from_json(attempt.deadline_inputs), now
    )
    remedies = result.detail.get("remedies", []) if result is not None else []
    return PastTry(
        number=attempt.number,
        state=state,
        closed_at=attempt.closed_at,
        passed=result is not None and result.passed and state is AttemptState.GRADED,
        remedies=tuple(
            Remedy(
                case=remedy["case"],
                passage=remedy["passage"],
                hazards=tuple(h for h in remedy["hazards"] if h in practised_on),
            )
            for remedy in remedies
        ),
    )


def latest_runs(rows: Iterable[PracticeAnswer], front: CaseFront) -> list[PracticeAnswer]:
    """Return the answers of the newest go at a practice case, first step first."""
    run: list[PracticeAnswer] = []
    for row in rows:
        if row.step == front.first.id:
            run = []
        run.append(row)
    return run


def practice_answers(session: Session, enrolment_ids: Sequence[int]) -> list[PracticeAnswer]:
    """Return every practice answer of some enrolments, oldest first."""
    return list(
        session.scalars(
            select(PracticeAnswer)
            .where(PracticeAnswer.enrolment_id.in_(enrolment_ids))
            .order_by(PracticeAnswer.id)
        )
    )


def practice_done(session: Session, enrolment: Enrolment) -> frozenset[str]:
    """Return the slugs of the practice cases decided to their end under an enrolment."""
    return frozenset(
        session.scalars(
            select(Document.slug)
            .join(PracticeAnswer, PracticeAnswer.case_id == Document.id)
            .where(PracticeAnswer.enrolment_id == enrolment.id, PracticeAnswer.is_last_step)
        )
    )


def done_since(session: Session, subject: str, course_id: int) -> Done:
    """Return when a person last read each passage again, and practised on each safety topic."""
    mine = (Enrolment.subject == subject, Enrolment.course_id == course_id)
    readings = session.execute(
        select(Document.slug, SectionReading.passage, SectionReading.read_at)
        .join(Enrolment, Enrolment.id == SectionReading.enrolment_id)
        .join(Document, Document.id == SectionReading.section_id)
        .where(*mine, SectionReading.passage != "")
        .order_by(SectionReading.id)
    )
    practised = session.execute(
        select(Revision.front, PracticeAnswer.answered_at)
        .join(Revision, Revision.id == PracticeAnswer.revision_id)
        .join(Enrolment, Enrolment.id == PracticeAnswer.enrolment_id)
        .where(*mine, PracticeAnswer.is_last_step)
        .order_by(PracticeAnswer.id)
    )
    return Done(
        reread={f"section:{slug}#{passage}": at for slug, passage, at in readings},
        practised={hazard: at for front, at in practised for hazard in front["hazards"]},
    )


def result_of(session: Session, actor: Actor, public_id: str) -> tuple[Attempt, Result] | None:
    """Return the actor's own graded attempt with its result; a stranger's looks like none."""
    row = session.execute(
        select(Attempt, Result)
        .join(Result, Result.attempt_id == Attempt.id)
        .options(joinedload(Attempt.enrolment), joinedload(Attempt.exam_revision))
        .where(Attempt.subject == actor.subject, Attempt.public_id == public_id)
    ).one_or_none()
    return (row[0], row[1]) if row is not None else None


def results_of(session: Session, actor: Actor) -> list[tuple[Attempt, Result | None]]:
    """Return all tries of the actor at any exam, newest first."""
    rows = session.execute(
        select(Attempt, Result)
        .outerjoin(Result, Result.attempt_id == Attempt.id)
        .options(joinedload(Attempt.enrolment), joinedload(Attempt.exam_revision))
        .where(Attempt.subject == actor.subject)
        .order_by(Attempt.id.desc())
    )
    return [(attempt, result) for attempt, result in rows]
