"""Where a learner stands with an exam: what is done, and what is in the way of a start."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from cpd.courses import queries as courses
from cpd.courses.memory import Remembered
from cpd.courses.models import Enrolment, Revision
from cpd.courses.rules.outline import is_required
from cpd.kernel.hooks import Hook
from cpd.quizzes.models import Attempt, Result
from cpd.quizzes.queries import (
    cases_in,
    done_since,
    past_try,
    policy_of,
    practice_done,
    tries_of,
)
from cpd.quizzes.rules.case import Pool
from cpd.quizzes.rules.policy import ExamPolicy
from cpd.quizzes.rules.starting import (
    Gate,
    SectionNeed,
    StartRefusal,
    StartTerms,
    may_start,
    reading_gate,
)


def _no_certificate(session: Session, attempt_id: int) -> bool:
    del session, attempt_id
    return False


rests_a_certificate_on: Hook[[Session, int], bool] = Hook(_no_certificate)
"""Whether a valid certificate rests on an attempt; the certificates room answers."""


@dataclass(frozen=True)
class Standing:
    """A learner's tries at an exam so far, and what a start now would meet."""

    exam: Revision
    policy: ExamPolicy
    tries: list[tuple[Attempt, Result | None]]
    terms: StartTerms | StartRefusal

    @property
    def newest(self) -> tuple[Attempt, Result | None] | None:
        """The newest try with its result, if there is one."""
        return self.tries[-1] if self.tries else None


def standing(session: Session, enrolment: Enrolment, exam: Revision, *, now: datetime) -> Standing:
    """Return where a learner stands with an exam."""
    policy = policy_of(exam)
    tries = tries_of(session, enrolment.subject, exam.document_id)
    topics = practisable(session, enrolment.course_revision)
    terms = may_start(
        policy,
        [past_try(attempt, result, now=now, practised_on=topics) for attempt, result in tries],
        now=now,
        gate=gate_of(session, enrolment),
        done=done_since(session, enrolment.subject, enrolment.course_id),
    )
    return Standing(exam, policy, tries, terms)


def terms_now(
    session: Session, enrolment: Enrolment, exam: Revision, *, now: datetime
) -> StartTerms | StartRefusal:
    """Return what a start now would be given, or everything in its way."""
    return standing(session, enrolment, exam, now=now).terms


def gate_of(session: Session, enrolment: Enrolment) -> Gate:
    """Return the reading gate of an enrolment."""
    outline = courses.outline(session, enrolment.course_revision)
    needs = [
        SectionNeed(
            section.slug, tuple(case.slug for case in outline.practice.get(section.slug, ()))
        )
        for section in outline.sections
        if is_required(section)
    ]
    return reading_gate(
        needs,
        done=courses.readings(session, [enrolment])[enrolment.id],
        answered=practice_done(session, enrolment),
    )


def gate_record(session: Session, enrolment: Enrolment) -> dict[str, Any]:
    """Return the gate as it is met now, to be kept with an attempt."""
    ended = courses.readings(session, [enrolment])[enrolment.id]
    return {
        "is_met": gate_of(session, enrolment).is_met,
        "sections": {slug: at.isoformat() for slug, at in sorted(ended.items())},
        "practice": sorted(practice_done(session, enrolment)),
    }


_topics: Remembered[str, frozenset[str]] = Remembered(64)


def practisable(session: Session, course_revision: Revision) -> frozenset[str]:
    """Return the safety topics with practice; remembered, because a version never changes."""
    known = _topics.recall(course_revision.public_id)
    if known is not None:
        return known
    cases = cases_in(session, course_revision.id, Pool.PRACTICE)
    found = frozenset(hazard for case in cases for hazard in case.front["hazards"])
    return _topics.keep(course_revision.public_id, found)
