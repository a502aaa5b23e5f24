"""Saving an answer to a practice case."""

from datetime import datetime

from sqlalchemy.orm import Session

from cpd.cases.front import Answer
from cpd.cases.kinds.registry import KINDS
from cpd.courses.models import Enrolment
from cpd.kernel import clock
from cpd.quizzes.practice.cases import CaseProgress
from cpd.quizzes.practice.models import PracticeAnswer


def save_practice_answer(
    session: Session, enrolment: Enrolment, case: CaseProgress, answer: Answer, *, now: datetime
) -> None:
    """Save an answer to the current step of a practice case; raises ValueError after its end."""
    step = case.current_step
    if step is None:
        msg = "the case has come to its end; start it again to answer it again"
        raise ValueError(msg)
    session.add(
        PracticeAnswer(
            enrolment_id=enrolment.id,
            case_id=case.text.document_id,
            revision_id=case.text.id,
            step=step.id,
            answer=dict(answer),
            is_last_step=KINDS[step.kind].next_step_id_or_none(step, answer) is None,
            answered_at=clock.keep_in_order(now, enrolment.started_at),
        )
    )
