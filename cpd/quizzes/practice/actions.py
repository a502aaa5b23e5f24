"""Saving answers to practice cases, and how sure their learner was of them."""

from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.cases.front import Answer
from cpd.cases.kinds.registry import KINDS
from cpd.courses.models import Enrolment
from cpd.db import insert_if_absent, lock_rows
from cpd.kernel import clock
from cpd.quizzes.practice.cases import CaseProgress
from cpd.quizzes.practice.models import (
    Confidence,
    ConfidenceRequest,
    PracticeAnswer,
    PracticeConfidence,
)


def save_practice_answer(
    session: Session,
    enrolment: Enrolment,
    case: CaseProgress,
    answer: Answer,
    *,
    opens: str = "",
    confidence: Confidence | None = None,
    now: datetime,
) -> PracticeAnswer:
    """Save an answer to the current step of a practice case; raises ValueError after its end.

    `opens`: the section that the case opened, by its slug.
    """
    step = case.current_step
    if step is None:
        msg = "the case has come to its end; start it again to answer it again"
        raise ValueError(msg)
    mark = KINDS[step.kind].mark_answer(case.key.step_by_id(step.id), answer)
    saved = PracticeAnswer(
        enrolment_id=enrolment.id,
        case_id=case.text.document_id,
        revision_id=case.text.id,
        step=step.id,
        answer=dict(answer),
        is_last_step=KINDS[step.kind].next_step_id_or_none(step, answer) is None,
        answered_at=clock.keep_in_order(now, enrolment.started_at),
        is_first=_is_first_answer(session, enrolment, case, step.id),
        is_right=mark.earned == 1,
        danger=mark.danger,
        opens=opens,
    )
    session.add(saved)
    session.flush()
    if confidence is not None:
        session.add(PracticeConfidence(answer_id=saved.id, confidence=confidence))
    return saved


def _is_first_answer(
    session: Session, enrolment: Enrolment, case: CaseProgress, step_id: str
) -> bool:
    """Tell whether a step was never answered; whoever asks at the same time waits for this one."""
    lock_rows(session, sa.select(Enrolment.id).where(Enrolment.id == enrolment.id))
    step = {"enrolment_id": enrolment.id, "case_id": case.text.document_id, "step": step_id}
    return session.scalar(_select_one_answer_to_step(), step) is None


@cache
def _select_one_answer_to_step() -> sa.Select[int]:
    """Select any answer to a `step`; cached because building it is slow."""
    of_step = (
        PracticeAnswer.enrolment_id == sa.bindparam("enrolment_id"),
        PracticeAnswer.case_id == sa.bindparam("case_id"),
        PracticeAnswer.step == sa.bindparam("step"),
    )
    return sa.select(PracticeAnswer.id).where(*of_step).limit(1)


def set_confidence_request(session: Session, enrolment: Enrolment, *, is_wanted: bool) -> None:
    """Ask the learner of an enrollment from now on how sure they are, or no longer."""
    if is_wanted:
        row = {"enrolment_id": enrolment.id}
        insert_if_absent(session, ConfidenceRequest, [row], by=list(row))
        return
    own = sa.delete(ConfidenceRequest).where(ConfidenceRequest.enrolment_id == enrolment.id)
    session.execute(own)
