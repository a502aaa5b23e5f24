"""Who has met which case as a learner, read from the database."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from cpd.courses.models import Document, DocumentType, Enrolment
from cpd.quizzes.attempts.models import Attempt, AttemptItem
from cpd.quizzes.practice.models import PracticeAnswer


def select_encounters(course_id: int, cases: Collection[str]) -> sa.CompoundSelect[Any]:
    """Select the name of a case, who was told about its right answer, and when.

    Practice tells after each answer, and an exam once the attempt is closed.
    """
    is_wanted = (
        Document.course_id == course_id,
        Document.type == DocumentType.CASE,
        Document.slug.in_(cases),
    )
    practiced = (
        sa.select(Document.slug, Enrolment.subject, PracticeAnswer.answered_at)
        .join(PracticeAnswer, PracticeAnswer.case_id == Document.id)
        .join(Enrolment, Enrolment.id == PracticeAnswer.enrolment_id)
        .where(*is_wanted)
    )
    examined = (
        sa.select(Document.slug, Attempt.subject, Attempt.closed_at)
        .join(AttemptItem, AttemptItem.case_id == Document.id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(*is_wanted, Attempt.closed_at.is_not(None))
    )
    return sa.union_all(practiced, examined)
