"""Drawing the cases of an attempt from the course version that its learner takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.cases.front import CaseFront
from cpd.cases.scales import Pool
from cpd.courses.models import Enrolment, Revision
from cpd.courses.rules.outline import ExamPart, Outline
from cpd.kernel.memory import LruCache
from cpd.quizzes.attempts.models import Attempt, AttemptItem
from cpd.quizzes.exams.hooks import cases_with_seen_key
from cpd.quizzes.keys import find_stored_keys
from cpd.quizzes.queries import CaseText, build_exam_policy, find_cases_in_pool
from cpd.quizzes.rules.draw import DrawRefusal, PoolCase, SeenCase, build_pool_case, draw_exam_cases

PoolCaseAndText: TypeAlias = tuple[PoolCase, CaseText]
"""A case in the form that the draw uses, and its revision."""


@dataclass(frozen=True)
class CannotDraw:
    """The pool cannot satisfy the exam's rule: the provider's mistake, not the learner's."""

    sentences: tuple[str, ...]


def draw_attempt_cases(
    session: Session, enrolment: Enrolment, exam: ExamPart, *, seed: str
) -> list[AttemptItem] | CannotDraw:
    """Return the cases of a new attempt: unseen ones first, never two from one family.

    A case whose key the learner saw as its author or reviewer is not drawn at all, and a twin of it
    with the same right answer counts as seen.
    """
    pool = {
        case.id: (case, text)
        for case, text in _find_exam_pool(session, enrolment.course_revision_id)
    }
    known = cases_with_seen_key(session, enrolment.subject, enrolment.course_id)
    seen_revisions = _find_seen_case_revisions(session, enrolment.subject, exam.document_id)
    seen = [
        SeenCase(case.id, case.family, case.right_answer)
        for case, _ in _find_pool_cases_with_right_answers(session, seen_revisions)
    ]
    seen += [
        SeenCase(case.id, case.family, case.right_answer)
        for case, _ in pool.values()
        if case.id in known
    ]
    drawn = draw_exam_cases(
        [case for case, _ in pool.values() if case.id not in known],
        build_exam_policy(exam).draw,
        seen=seen,
        seed=seed,
    )
    if isinstance(drawn, DrawRefusal):
        return CannotDraw(drawn.sentences)
    return [
        AttemptItem(
            position=position,
            case_id=pool[case_id][1].document_id,
            revision_id=pool[case_id][1].id,
            option_order={step: list(order) for step, order in drawn.orders[case_id].items()},
        )
        for position, case_id in enumerate(drawn.cases, start=1)
    ]


@dataclass(frozen=True)
class KnownCases:
    """The exam cases whose key a learner saw as an author or reviewer: they are never drawn."""

    count: int
    pool_count: int
    """How many exam cases there are."""
    is_draw_possible: bool
    """Whether enough other cases remain for a try."""


def find_known_cases(session: Session, enrolment: Enrolment, outline: Outline) -> KnownCases | None:
    """Return the exam cases whose key a learner saw as an author or reviewer; None without any."""
    known = cases_with_seen_key(session, enrolment.subject, enrolment.course_id)
    if not known:
        return None
    pool = [case for case, _ in _find_exam_pool(session, enrolment.course_revision_id)]
    others = [case for case in pool if case.id not in known]
    if len(others) == len(pool):
        return None
    drawn = draw_exam_cases(others, build_exam_policy(outline.exam).draw, seen=(), seed="")
    return KnownCases(
        count=len(pool) - len(others),
        pool_count=len(pool),
        is_draw_possible=not isinstance(drawn, DrawRefusal),
    )


_pools: LruCache[int, tuple[PoolCaseAndText, ...]] = LruCache(16)


def _find_exam_pool(session: Session, course_revision_id: int) -> tuple[PoolCaseAndText, ...]:
    """Return the exam cases of a course revision; cached, because they never change."""
    cached = _pools.get(course_revision_id)
    if cached is not None:
        return cached
    cases = _find_pool_cases_with_right_answers(
        session, find_cases_in_pool(session, course_revision_id, Pool.EXAM)
    )
    return _pools.put(course_revision_id, tuple(cases))


def _find_pool_cases_with_right_answers(
    session: Session, revisions: Sequence[Revision]
) -> list[PoolCaseAndText]:
    if not revisions:
        return []
    keys = find_stored_keys(session, [revision.id for revision in revisions])
    texts = [CaseText(r.id, r.document_id, CaseFront.from_json(r.front)) for r in revisions]
    return [(build_pool_case(text.front, keys[text.id]), text) for text in texts]


def _find_seen_case_revisions(session: Session, subject: str, exam_id: int) -> Sequence[Revision]:
    """Return every case revision that this person has had in this exam, oldest first."""
    return session.scalars(
        select(Revision)
        .join(AttemptItem, AttemptItem.revision_id == Revision.id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(Attempt.subject == subject, Attempt.exam_id == exam_id)
        .order_by(AttemptItem.id)
    ).all()
