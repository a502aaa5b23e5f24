"""Starting an attempt."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.courses.models import Enrolment
from cpd.jobs.publishing import publish
from cpd.kernel.ids import new_public_id
from cpd.quizzes.attempts.actions import enqueue_expiry, record_move
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.attempts.queries import open_attempt
from cpd.quizzes.events import (
    AttemptStarted,
)
from cpd.quizzes.exams import eligibility
from cpd.quizzes.exams.drawing import CannotDraw, draw_cases
from cpd.quizzes.rules.attempts import AttemptState
from cpd.quizzes.rules.eligibility import StartRefusal

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class OpenElsewhere:
    """An attempt of the same person at the same exam is open in another context."""

    attempt: Attempt


def start(
    session: Session, enrolment: Enrolment, *, actor: Actor, now: datetime
) -> Attempt | StartRefusal | OpenElsewhere | CannotDraw:
    """Start an attempt with its draw and deadline; while one is open here, return that one."""
    stands = eligibility.standing(session, enrolment, now=now)
    exam, terms = stands.outline.exam, stands.terms
    if (already := open_attempt(session, actor.subject, exam.document_id)) is not None:
        return _go_on(already, enrolment)
    if isinstance(terms, StartRefusal):
        return terms
    public_id = new_public_id("att")
    drawn = draw_cases(session, enrolment, exam, seed=public_id)
    if isinstance(drawn, CannotDraw):
        log.error("cannot draw", exam=exam.public_id, why=drawn.sentences)
        return drawn
    attempt = Attempt(
        public_id=public_id,
        subject=actor.subject,
        enrolment_id=enrolment.id,
        exam_id=exam.document_id,
        exam_revision_id=exam.revision_id,
        number=terms.number,
        state=AttemptState.OPEN,
        started_at=now,
        deadline_at=terms.deadline.at,
        deadline_inputs=terms.deadline.to_json(),
        gate=stands.studied.to_json(),
        items=drawn,
    )
    try:
        with session.begin_nested():
            session.add(attempt)
    except IntegrityError:  # a start of the same person at the same moment was first
        other = open_attempt(session, actor.subject, exam.document_id)
        if other is None:
            raise
        return _go_on(other, enrolment)
    number = record_move(session, attempt, "start", actor=actor, now=now)
    enqueue_expiry(session, attempt, number, now=now)
    publish(session, AttemptStarted(at=now, attempt_id=attempt.id, number=number))
    return attempt


def _go_on(attempt: Attempt, enrolment: Enrolment) -> Attempt | OpenElsewhere:
    is_here = attempt.enrolment.context == enrolment.context
    return attempt if is_here else OpenElsewhere(attempt)
