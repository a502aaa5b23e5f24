"""Saving an answer to a practice case."""

from datetime import datetime

from sqlalchemy.orm import Session

from cpd.cases.kinds.registry import KINDS
from cpd.cases.model import Answer
from cpd.courses.models import Enrolment
from cpd.quizzes.practice.cases import PracticeCase
from cpd.quizzes.practice.models import PracticeAnswer


def answer(
    session: Session, enrolment: Enrolment, at: PracticeCase, given: Answer, *, now: datetime
) -> None:
    """Keep an answer to the step at which a practice case stands."""
    step = at.now
    if step is None:
        msg = "the case has come to its end; start it again to answer it again"
        raise ValueError(msg)
    session.add(
        PracticeAnswer(
            enrolment_id=enrolment.id,
            case_id=at.revision.document_id,
            revision_id=at.revision.id,
            step=step.id,
            answer=dict(given),
            is_last_step=KINDS[step.kind].next_step(step, given) is None,
            answered_at=now,
        )
    )
