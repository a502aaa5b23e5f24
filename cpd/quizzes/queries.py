"""Reads about exams, tries and practice that need no key."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from cpd.access.permissions import Actor
from cpd.cases.model import Answer, CaseFront, Pool
from cpd.cases.texts import replace_front_html
from cpd.courses.models import (
    Document,
    DocumentType,
    Enrolment,
    EnrolmentState,
    Revision,
    RevisionPart,
    SectionReading,
)
from cpd.courses.renderings import Rendering, of_this_version, render_missing
from cpd.courses.rules.addresses import CourseAddress
from cpd.courses.rules.fronts.exam import ExamPolicy
from cpd.courses.rules.fronts.parts import CaseListing
from cpd.courses.rules.outline import ExamPart
from cpd.kernel.memory import LruCache
from cpd.quizzes.models import Attempt, AttemptItem, PracticeAnswer, Result, Statement
from cpd.quizzes.rules import attempts, reviewing
from cpd.quizzes.rules.attempts import AttemptState, Deadline
from cpd.quizzes.rules.reviewing import Review
from cpd.quizzes.rules.starting import Done, PastTry, Remedy


def policy_of(exam: Revision | ExamPart) -> ExamPolicy:
    """Return an exam's rule as the rules know it."""
    return exam.policy if isinstance(exam, ExamPart) else ExamPolicy.from_json(exam.front)


def cases_in(session: Session, course_revision_id: int, pool: Pool) -> Sequence[Revision]:
    """Return the cases of one pool of a course revision, in the order of its parts."""
    return session.scalars(_cases(course_revision_id, pool)).all()


@dataclass(frozen=True)
class CaseText:
    """A case revision as its learners may see it before they answer."""

    id: int
    """Of the revision."""
    document_id: int
    front: CaseFront


_practice: LruCache[int, tuple[CaseText, ...]] = LruCache(16)


def practice_in(
    session: Session,
    course_revision_id: int,
    *,
    section: str | None = None,
    case: str | None = None,
    is_open: bool = False,
) -> list[CaseText]:
    """Return practice cases of a course revision, by section and in the order they have there.

    All, or those of one section, of one name, or open to everybody.
    """
    return [
        one
        for one in _all_practice(session, course_revision_id)
        if section in (None, one.front.section)
        and case in (None, one.front.id)
        and (one.front.open or not is_open)
    ]


def _all_practice(session: Session, course_revision_id: int) -> tuple[CaseText, ...]:
    """Return the practice cases of a course revision; remembered, as they never change."""
    known = _practice.get(course_revision_id)
    if known is not None:
        return known
    cases = _cases(course_revision_id, Pool.PRACTICE).outerjoin(Rendering, of_this_version())
    rows = session.execute(
        cases.with_only_columns(Revision.id, Revision.document_id, Revision.front, Rendering)
    ).all()
    made = render_missing(session, {row.id: row.Rendering for row in rows})
    found = [
        CaseText(row.id, row.document_id, front_of(row.front, made.get(row.id))) for row in rows
    ]
    in_order = tuple(sorted(found, key=lambda one: (one.front.section, one.front.position or 0)))
    return _practice.put(course_revision_id, in_order) if len(made) == len(rows) else in_order


def front_of(stored: Mapping[str, Any], made: Rendering | None) -> CaseFront:
    """Return a case with its texts as they are rendered today."""
    front = CaseFront.from_json(stored)
    return front if made is None else replace_front_html(front, made.html, made.shown)


def _cases(course_revision_id: int, pool: Pool) -> Select[Revision]:
    return (
        select(Revision)
        .join(RevisionPart, RevisionPart.part_id == Revision.id)
        .join(Revision.document)
        .options(contains_eager(Revision.document))
        .where(
            RevisionPart.course_revision_id == course_revision_id,
            Document.type == DocumentType.CASE,
            Revision.is_in_pool(pool),
        )
        .order_by(RevisionPart.position)
    )


def whole_attempts() -> Select[Attempt]:
    """Select attempts with all that grading reads: their course, their rule, what was drawn."""
    return select(Attempt).options(
        joinedload(Attempt.enrolment),
        joinedload(Attempt.exam_revision),
        selectinload(Attempt.items).joinedload(AttemptItem.revision),
    )


@dataclass(frozen=True)
class Try:
    """One try at an exam as it stands now, with its result once there is one."""

    attempt: Attempt
    result: Result | None
    state: AttemptState
    """The state that holds now, whether or not the worker has written it."""
    context: str
    """Of the enrolment under which it was made."""

    @property
    def passed(self) -> bool:
        """Whether it was passed, and counts."""
        is_graded = self.state is AttemptState.GRADED
        return is_graded and self.result is not None and self.result.passed

    @property
    def ran_out_unseen(self) -> bool:
        """Whether its time is over, and neither its learner nor the worker has closed it yet."""
        return self.state is not self.attempt.state

    @property
    def at(self) -> datetime:
        """When it ended; while it is open, when it began."""
        attempt = self.attempt
        ran_out = attempt.deadline_at if self.state is AttemptState.EXPIRED else None
        return attempt.closed_at or ran_out or attempt.started_at


def _tries(
    session: Session, rows: Select[Attempt, Result | None, str], *, now: datetime
) -> list[Try]:
    return [
        Try(
            attempt,
            result,
            attempts.effective_state(
                attempt.state, Deadline.from_json(attempt.deadline_inputs), now
            ),
            context,
        )
        for attempt, result, context in session.execute(rows)
    ]


def tries_of(session: Session, subject: str, exam_id: int, *, now: datetime) -> list[Try]:
    """Return a person's tries at an exam over all their enrolments, first to last."""
    rows = (
        select(Attempt, Result, Enrolment.context)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .outerjoin(Result, Result.attempt_id == Attempt.id)
        .where(Attempt.subject == subject, Attempt.exam_id == exam_id)
        .order_by(Attempt.number)
    )
    return _tries(session, rows, now=now)


@dataclass(frozen=True)
class ReviewAccess:
    """Whether the keys of an attempt are open to its learner, and what they wait for."""

    review: Review
    to_pass: tuple[CourseAddress, ...]
    """The course in each context in which its learner takes it and has not passed the exam."""


def review_access(session: Session, attempt: Attempt, tries: Sequence[Try]) -> ReviewAccess:
    """Return it, given all the learner's tries at the exam; one query where any was passed."""
    past = [
        PastTry(one.attempt.number, one.state, one.attempt.closed_at, one.passed) for one in tries
    ]
    passed = {one.context for one in tries if one.passed}
    present = contexts_of(session, attempt.enrolment) if passed else ()
    slug = attempt.enrolment.course.slug
    to_pass = tuple(CourseAddress(slug, one) for one in present if one not in passed)
    review = reviewing.review(attempt.state, past, is_to_pass_elsewhere=bool(to_pass))
    return ReviewAccess(review, to_pass)


def contexts_of(session: Session, enrolment: Enrolment) -> Sequence[str]:
    """Return the contexts in which the person of an enrolment takes its course at present."""
    return session.scalars(
        select(Enrolment.context)
        .where(
            Enrolment.subject == enrolment.subject,
            Enrolment.course_id == enrolment.course_id,
            Enrolment.state != EnrolmentState.ENDED,
        )
        .order_by(Enrolment.id)
    ).all()


def past_try(one: Try, *, context: str, practised_on: Collection[str]) -> PastTry:
    """Return one try as the rules of starting in a context know it.

    `practised_on`: the safety topics that have a practice case; nobody is asked for another.
    """
    remedies = one.result.detail["remedies"] if one.result is not None else []
    return PastTry(
        number=one.attempt.number,
        state=one.state,
        closed_at=one.attempt.closed_at,
        passed=one.passed,
        is_elsewhere=one.context != context,
        remedies=tuple(
            Remedy(
                case=remedy["case"],
                passage=remedy["passage"],
                hazards=tuple(h for h in remedy["hazards"] if h in practised_on),
            )
            for remedy in remedies
        ),
    )


def lacks_statement(session: Session, attempt: Attempt) -> bool:
    """Tell whether a graded attempt was closed by its deadline, with nothing stated yet."""
    if attempt.state is not AttemptState.GRADED:
        return False
    found = session.scalar(select(Statement.id).where(Statement.attempt_id == attempt.id).limit(1))
    return found is None


def passes_to_confirm(session: Session, actor: Actor) -> Sequence[Attempt]:
    """Return the actor's passes that were closed by their deadline, with nothing stated yet."""
    return session.scalars(
        select(Attempt)
        .join(Result, Result.attempt_id == Attempt.id)
        .options(joinedload(Attempt.exam_revision))
        .where(
            Attempt.subject == actor.subject,
            Attempt.state == AttemptState.GRADED,
            Result.passed,
            ~exists().where(Statement.attempt_id == Attempt.id),
        )
        .order_by(Attempt.id.desc())
    ).all()


@dataclass(frozen=True)
class Given:
    """What was answered to a step of a practice case."""

    case_id: int
    step: str
    answer: Answer


def latest_run(rows: Iterable[Given], front: CaseFront) -> list[Given]:
    """Return the answers of the newest go at a practice case, first step first."""
    run: list[Given] = []
    for row in rows:
        if row.step == front.first.id:
            run = []
        run.append(row)
    return run


def practice_answers(
    session: Session, enrolment: Enrolment, case_ids: Collection[int]
) -> list[Given]:
    """Return what was answered to practice cases under an enrolment, oldest first."""
    asked = {"enrolment": enrolment.id, "cases": list(case_ids)}
    return [Given(*row) for row in session.execute(_given(), asked)]


@cache
def _given() -> Select[Any]:
    """Select what was answered under an `enrolment` to some `cases`."""
    return (
        select(PracticeAnswer.case_id, PracticeAnswer.step, PracticeAnswer.answer)
        .where(
            PracticeAnswer.enrolment_id == bindparam("enrolment"),
            PracticeAnswer.case_id.in_(bindparam("cases", expanding=True)),
        )
        .order_by(PracticeAnswer.id)
    )


def practice_done(session: Session, enrolment: Enrolment) -> frozenset[str]:
    """Return the slugs of the practice cases decided to their end under an enrolment."""
    return frozenset(session.scalars(_decided(), {"enrolment": enrolment.id}))


@cache
def _decided() -> Select[str]:
    """Select the practice cases decided to their end under an `enrolment`."""
    return (
        select(Document.slug)
        .join(PracticeAnswer, PracticeAnswer.case_id == Document.id)
        .where(PracticeAnswer.enrolment_id == bindparam("enrolment"), PracticeAnswer.is_last_step)
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
    newest = func.max(PracticeAnswer.answered_at)
    practised = session.execute(
        select(Revision.front, newest)
        .join(Revision, Revision.id == PracticeAnswer.revision_id)
        .join(Enrolment, Enrolment.id == PracticeAnswer.enrolment_id)
        .where(*mine, PracticeAnswer.is_last_step)
        .group_by(Revision.id)
        .order_by(newest)
    )
    return Done(
        reread={f"section:{slug}#{passage}": at for slug, passage, at in readings},
        practised={h: at for case, at in practised for h in CaseListing.from_json(case).hazards},
    )


def all_tries(session: Session, actor: Actor, *, now: datetime) -> list[Try]:
    """Return all tries of the actor at any exam, newest first."""
    rows = (
        select(Attempt, Result, Enrolment.context)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .outerjoin(Result, Result.attempt_id == Attempt.id)
        .options(joinedload(Attempt.exam_revision))
        .where(Attempt.subject == actor.subject)
        .order_by(Attempt.id.desc())
    )
    return _tries(session, rows, now=now)
