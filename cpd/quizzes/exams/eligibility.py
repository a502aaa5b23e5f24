"""Whether a learner may start an attempt now: what they have done, and what is still missing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.courses import outlines
from cpd.courses.models import Document, Enrolment, Revision, SectionReading
from cpd.courses.queries import Course
from cpd.courses.reading.queries import find_section_finish_times
from cpd.courses.rules.addresses import CourseAddress
from cpd.courses.rules.fronts.exam import ExamPolicy
from cpd.courses.rules.fronts.parts import CaseListing
from cpd.courses.rules.outline import ExamPart, Outline
from cpd.kernel.canonical import Json
from cpd.quizzes.exams.hooks import exam_terms
from cpd.quizzes.grading.queries import (
    AttemptSummary,
    build_past_attempt,
    find_attempt_summaries,
    find_own_attempt_summaries,
)
from cpd.quizzes.practice.models import PracticeAnswer
from cpd.quizzes.practice.queries import find_finished_practice_slugs
from cpd.quizzes.practice.topics import find_hazards_with_practice
from cpd.quizzes.queries import build_exam_policy
from cpd.quizzes.rules.added_time import TimeOffer, find_time_offer
from cpd.quizzes.rules.attempts import AttemptState
from cpd.quizzes.rules.eligibility import (
    Gate,
    Obstacle,
    RemediesDone,
    RequiredSection,
    StartRefusal,
    StartTerms,
    build_reading_gate,
    pause_end_after_failures,
    start_terms_or_refusal,
)


@dataclass(frozen=True)
class StudyProgress:
    """What was read and practiced under an enrollment."""

    finished: Mapping[str, datetime]
    """When each section was finished, by its slug."""
    practiced: frozenset[str]
    """The slugs of the practice cases decided to the end."""
    gate: Gate
    """The reading gate: met by this progress, or what is still missing."""

    def to_json(self) -> Json:
        """Return what an attempt stores of it."""
        return {
            "is_met": self.gate.is_met,
            "sections": {slug: at.isoformat() for slug, at in sorted(self.finished.items())},
            "practice": sorted(self.practiced),
        }


@dataclass(frozen=True)
class ExamEligibility:
    """A learner's attempts at an exam so far, and the terms of a start now."""

    outline: Outline
    """Of the version the learner is enrolled in."""
    policy: ExamPolicy
    """The rule of the exam as it holds for this learner."""
    address: CourseAddress
    """Of the course in the context of this enrollment."""
    attempts: list[AttemptSummary]
    """In every context, because all of them count."""
    study_progress: StudyProgress
    terms: StartTerms | StartRefusal

    @property
    def newest_attempt(self) -> AttemptSummary | None:
        """The newest attempt that matters for a start in this context, if there is one.

        A pass in another context does not matter, and after a pass in this one no attempt in
        another does.
        """
        has_passed = any(
            attempt.passed and self.is_attempt_in_context(attempt) for attempt in self.attempts
        )
        relevant = [
            attempt
            for attempt in self.attempts
            if self.is_attempt_in_context(attempt) or not (has_passed or attempt.passed)
        ]
        return relevant[-1] if relevant else None

    @property
    def time_offer(self) -> TimeOffer | None:
        """What the learner could add to the time of an attempt that starts now."""
        return (
            None if isinstance(self.terms, StartRefusal) else find_time_offer(self.terms.deadline)
        )

    @property
    def obstacles(self) -> tuple[Obstacle, ...]:
        """Everything that prevents a start now; empty when an attempt can start."""
        return self.terms.obstacles if isinstance(self.terms, StartRefusal) else ()

    def is_attempt_in_context(self, attempt: AttemptSummary) -> bool:
        """Return whether an attempt was made in this context."""
        return attempt.context == self.address.context


def find_exam_eligibility(
    session: Session, enrolment: Enrolment, *, now: datetime
) -> ExamEligibility:
    """Return whether a learner may start the exam of the version they are enrolled in."""
    outline = outlines.load_outline(session, enrolment.course_revision)
    policy = build_exam_policy(outline.exam)
    granted = exam_terms(session, enrolment)
    progress = _find_study_progress(
        session, enrolment, outline, also_required=granted.required_sections
    )
    attempts = find_attempt_summaries(session, enrolment.subject, outline.exam.document_id, now=now)
    hazards = find_hazards_with_practice(session, enrolment.course_revision)
    past = [
        build_past_attempt(attempt, context=enrolment.context, hazards_with_practice=hazards)
        for attempt in attempts
    ]
    has_remedies = any(
        attempt.remedies for attempt in past if attempt.state is not AttemptState.VOID
    )
    terms = start_terms_or_refusal(
        policy,
        past,
        now=now,
        gate=progress.gate,
        done=find_remedies_done(session, enrolment.subject, enrolment.course_id)
        if has_remedies
        else RemediesDone({}, {}),
        granted=granted,
    )
    own_policy = granted.apply_to_policy(policy)
    return ExamEligibility(outline, own_policy, enrolment.address, attempts, progress, terms)


def _find_study_progress(
    session: Session, enrolment: Enrolment, outline: Outline, *, also_required: Collection[str]
) -> StudyProgress:
    required = [
        RequiredSection(
            section.slug, tuple(case.slug for case in outline.practice.get(section.slug, ()))
        )
        for section in outline.sections
        if section.front.is_required or section.slug in also_required
    ]
    finished = find_section_finish_times(session, {enrolment: outline})[enrolment.id]
    practiced = find_finished_practice_slugs(session, enrolment)
    gate = build_reading_gate(required, finished=finished, answered=practiced)
    return StudyProgress(finished, practiced, gate)


def find_remedies_done(session: Session, subject: str, course_id: int) -> RemediesDone:
    """Return when a person last reread each passage and last practiced on each hazard."""
    is_of_person = (Enrolment.subject == subject, Enrolment.course_id == course_id)
    readings = session.execute(
        select(Document.slug, SectionReading.passage, SectionReading.read_at)
        .join(Enrolment, Enrolment.id == SectionReading.enrolment_id)
        .join(Document, Document.id == SectionReading.section_id)
        .where(*is_of_person, SectionReading.passage != "")
        .order_by(SectionReading.id)
    )
    newest = func.max(PracticeAnswer.answered_at)
    practiced = session.execute(
        select(Revision.front, newest)
        .join(Revision, Revision.id == PracticeAnswer.revision_id)
        .join(Enrolment, Enrolment.id == PracticeAnswer.enrolment_id)
        .where(*is_of_person, PracticeAnswer.is_last_step)
        .group_by(Revision.id)
        .order_by(newest)
    )
    return RemediesDone(
        reread={f"section:{slug}#{passage}": at for slug, passage, at in readings},
        practiced={h: at for case, at in practiced for h in CaseListing.from_json(case).hazards},
    )


# The newest attempts of one person, for pages that list many courses


@dataclass(frozen=True)
class NewestAttempt:
    """The newest attempt at an exam, for pages that list many courses."""

    summary: AttemptSummary
    next_start_at: datetime | None
    """When the pause after it ends; None when there is no pause, or it has ended."""


def find_newest_attempts(
    session: Session, actor: Actor, enrolled: Iterable[Course], *, now: datetime
) -> dict[int, NewestAttempt]:
    """Return the newest attempt in the context of each of the actor's enrollments, by its id.

    Takes one query. The pause counts attempts in every context.
    """
    by_exam: dict[int, list[AttemptSummary]] = {}
    for attempt in find_own_attempt_summaries(session, actor, now=now):
        by_exam.setdefault(attempt.attempt.exam_id, []).append(attempt)
    newest = {}
    for course in enrolled:
        exam = course.outline.exam
        attempts = by_exam.get(exam.document_id, [])
        here = [attempt for attempt in attempts if attempt.context == course.address.context]
        if course.enrolment and here:
            paused_until = _pause_end_after_failures(exam, attempts, now=now)
            newest[course.enrolment.id] = NewestAttempt(here[0], paused_until)
    return newest


def _pause_end_after_failures(
    exam: ExamPart, attempts: Sequence[AttemptSummary], *, now: datetime
) -> datetime | None:
    """Return when the pause after failed attempts (newest first) ends; None if there is none."""
    if attempts[0].state is not AttemptState.GRADED or attempts[0].passed:
        return None
    until = pause_end_after_failures(
        build_exam_policy(exam), [attempt.as_past_attempt for attempt in attempts]
    )
    return until if until is not None and now < until else None
