"""The one write of this room: evaluating a course."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.courses.models import Enrolment
from cpd.evaluations.models import Evaluation, EvaluationComment, EvaluationRating


def save_evaluation(
    session: Session,
    enrolment: Enrolment,
    ratings: Mapping[str, int],
    comment: str,
    *,
    actor: Actor,
    now: datetime,
) -> bool:
    """Store an evaluation; False if the learner gave one before, which then stays unchanged."""
    salt = secrets.token_hex(16)
    row = Evaluation(
        enrolment_id=enrolment.id,
        course_revision_id=enrolment.course_revision_id,
        subject=actor.subject,
        given_at=now,
        comment_hash=hashlib.sha256(f"{salt}{comment}".encode()).hexdigest() if comment else "",
        ratings=[EvaluationRating(question=name, value=value) for name, value in ratings.items()],
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # the button was pressed twice
        return False
    if comment:
        session.add(
            EvaluationComment(evaluation_id=row.id, subject=actor.subject, salt=salt, text=comment)
        )
    session.flush()
    return True
