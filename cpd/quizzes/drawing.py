"""Drawing the cases of an attempt from the course version that its learner takes."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.courses.models import Enrolment, Revision
from cpd.courses.rules.outline import Part
from cpd.quizzes.keys import keys_of
from cpd.quizzes.models import Attempt, AttemptItem
from cpd.quizzes.queries import cases_in, policy_of
from cpd.quizzes.rules.case import CaseFront, Pool
from cpd.quizzes.rules.draw import DrawRefusal, PoolCase, SeenCase, draw, pool_case


@dataclass(frozen=True)
class CannotDraw:
    """The pool cannot serve the exam's rule: the provider's fault, not the learner's."""

    sentences: tuple[str, ...]


def draw_cases(
    session: Session, enrolment: Enrolment, exam: Part, *, seed: str
) -> list[AttemptItem] | CannotDraw:
    """Return the cases of a new attempt: unseen ones first, never two of one family."""
    revisions = cases_in(session, enrolment.course_revision_id, Pool.EXAM)
    pool = {case.id: (case, r) for case, r in _pool_cases(session, revisions)}
    seen = [
        SeenCase(case.id, case.family, case.right)
        for case, _ in _pool_cases(session, _met(session, enrolment.subject, exam.document_id))
    ]
    drawn = draw([case for case, _ in pool.values()], policy_of(exam).draw, seen=seen, seed=seed)
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


def _pool_cases(session: Session, revisions: Sequence[Revision]) -> list[tuple[PoolCase, Revision]]:
    keys = keys_of(session, [revision.id for revision in revisions])
    return [
        (pool_case(CaseFront.from_json(revision.front), keys[revision.id]), revision)
        for revision in revisions
    ]


def _met(session: Session, subject: str, exam_id: int) -> Sequence[Revision]:
    """Return every case revision that this person has met in this exam, oldest first."""
    return session.scalars(
        select(Revision)
        .join(AttemptItem, AttemptItem.revision_id == Revision.id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(Attempt.subject == subject, Attempt.exam_id == exam_id)
        .order_by(AttemptItem.id)
    ).all()
