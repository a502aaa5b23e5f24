"""Starting an attempt."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.accounts.profile.queries import actor_has_certificate_details
from cpd.courses.ledgers import find_stop_of_version
from cpd.courses.models import Enrolment
from cpd.courses.rules.expiry import build_expiry
from cpd.courses.rules.ledger import Stop
from cpd.jobs.publishing import publish_event
from cpd.kernel import clock
from cpd.kernel.canonical import format_fraction
from cpd.kernel.ids import new_public_id
from cpd.quizzes.attempts.actions import add_attempt_move, enqueue_attempt_expiry
from cpd.quizzes.attempts.models import Attempt, AttemptItem
from cpd.quizzes.attempts.queries import find_attempt_in_progress
from cpd.quizzes.events import AttemptStarted
from cpd.quizzes.exams.drawing import CannotDraw, draw_attempt_cases
from cpd.quizzes.exams.eligibility import ExamEligibility, find_exam_eligibility
from cpd.quizzes.rules.attempts import AttemptState
from cpd.quizzes.rules.eligibility import StartRefusal, StartTerms

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class OpenElsewhere:
    """An attempt of the same person at the same exam is open in another context."""

    attempt: Attempt


@dataclass(frozen=True)
class CertificateDetailsMissing:
    """The person has not said yet what their certificate should show."""


@dataclass(frozen=True)
class VersionClosed:
    """The version of the course is paused or withdrawn for safety, or has expired."""

    stop: Stop | None
    """None where it has expired."""


NotStarted: TypeAlias = (
    StartRefusal | CertificateDetailsMissing | OpenElsewhere | CannotDraw | VersionClosed
)
"""Why no attempt was started."""


def start_attempt(
    session: Session, enrolment: Enrolment, *, actor: Actor, now: datetime
) -> Attempt | NotStarted:
    """Start an attempt with its cases and deadline; if one is open in this context, return it.

    The enrollment is read again and locked, because it may have moved to another version meanwhile.
    """
    session.refresh(enrolment, with_for_update={"of": Enrolment, "key_share": True})
    eligibility = _find_eligibility_after_course_work(session, enrolment, now=now)
    exam = eligibility.outline.exam
    if (
        in_progress := find_attempt_in_progress(session, actor.subject, exam.document_id)
    ) is not None:
        return _attempt_or_open_elsewhere(in_progress, enrolment)
    terms = _find_terms_or_refusal(session, enrolment, eligibility, actor=actor, now=now)
    if not isinstance(terms, StartTerms):
        return terms
    public_id = new_public_id("att")
    cases = draw_attempt_cases(session, enrolment, exam, seed=public_id)
    if isinstance(cases, CannotDraw):
        log.error("cannot draw", exam=exam.public_id, why=cases.sentences)
        return cases
    attempt = _build_attempt(public_id, enrolment, eligibility, terms, cases, actor=actor)
    now = attempt.started_at
    try:
        with session.begin_nested():
            session.add(attempt)
    except IntegrityError:  # a concurrent request of the same person started one first
        first = find_attempt_in_progress(session, actor.subject, exam.document_id)
        if first is None:
            raise
        return _attempt_or_open_elsewhere(first, enrolment)
    number = add_attempt_move(session, attempt, "start", actor=actor, now=now)
    enqueue_attempt_expiry(session, attempt, number, now=now)
    publish_event(session, AttemptStarted(at=now, attempt_id=attempt.id, number=number))
    return attempt


def _find_terms_or_refusal(
    session: Session,
    enrolment: Enrolment,
    eligibility: ExamEligibility,
    *,
    actor: Actor,
    now: datetime,
) -> StartTerms | StartRefusal | CertificateDetailsMissing | VersionClosed:
    stop = find_stop_of_version(session, enrolment.course_revision)
    if stop is not None or build_expiry(eligibility.outline.course.front.expires, now).is_over:
        return VersionClosed(stop)
    if not actor_has_certificate_details(session, actor):
        return CertificateDetailsMissing()
    return eligibility.terms


def _find_eligibility_after_course_work(
    session: Session, enrolment: Enrolment, *, now: datetime
) -> ExamEligibility:
    """Return the eligibility now, or where the last work ended if the clock has been set back."""
    eligibility = find_exam_eligibility(session, enrolment, now=now)
    worked_at = eligibility.study_progress.finished.values()
    closed_at = [summary.attempt.closed_at for summary in eligibility.attempts]
    start_at = clock.keep_in_order(now, enrolment.started_at, *worked_at, *closed_at)
    return (
        eligibility if start_at == now else find_exam_eligibility(session, enrolment, now=start_at)
    )


def _build_attempt(
    public_id: str,
    enrolment: Enrolment,
    eligibility: ExamEligibility,
    terms: StartTerms,
    cases: list[AttemptItem],
    *,
    actor: Actor,
) -> Attempt:
    exam = eligibility.outline.exam
    return Attempt(
        public_id=public_id,
        subject=actor.subject,
        enrolment_id=enrolment.id,
        exam_id=exam.document_id,
        exam_revision_id=exam.revision_id,
        number=terms.number,
        state=AttemptState.OPEN,
        started_at=terms.deadline.started_at,
        deadline_at=terms.deadline.ends_at,
        deadline_inputs=terms.deadline.to_json(),
        raised_pass_mark=(
            None if terms.raised_pass_mark is None else format_fraction(terms.raised_pass_mark)
        ),
        gate=eligibility.study_progress.to_json(),
        items=cases,
    )


def _attempt_or_open_elsewhere(attempt: Attempt, enrolment: Enrolment) -> Attempt | OpenElsewhere:
    """Return an open attempt, as OpenElsewhere if it belongs to another context."""
    is_here = attempt.enrolment.context == enrolment.context
    return attempt if is_here else OpenElsewhere(attempt)
