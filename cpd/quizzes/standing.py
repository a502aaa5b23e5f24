"""Where a learner stands with an exam: what is done, and what is in the way of a start."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.cases.model import Json
from cpd.courses import outlines
from cpd.courses.models import Enrolment, Revision
from cpd.courses.queries import Course
from cpd.courses.reading.queries import finished_sections
from cpd.courses.rules.addresses import CourseAddress
from cpd.courses.rules.fronts.exam import ExamPolicy
from cpd.courses.rules.outline import ExamPart, Outline
from cpd.joints.questions import Question
from cpd.kernel.memory import LruCache
from cpd.quizzes.queries import (
    Try,
    all_tries,
    done_since,
    past_try,
    policy_of,
    practice_done,
    practice_in,
    tries_of,
)
from cpd.quizzes.rules.attempts import AttemptState
from cpd.quizzes.rules.starting import (
    THE_RULE_ALONE,
    Done,
    ExamTerms,
    Gate,
    PastTry,
    SectionNeed,
    StartRefusal,
    StartTerms,
    may_start,
    pause_until,
    reading_gate,
)

rests_a_certificate_on: Question[[Session, int], bool] = Question("quizzes.rests_a_certificate_on")
"""Whether a valid certificate rests on an attempt."""

exam_terms: Question[[Session, Enrolment], ExamTerms] = Question("quizzes.exam_terms")
"""What is granted at the exam under an enrolment beside the exam's rule."""


def the_rule_alone(session: Session, enrolment: Enrolment) -> ExamTerms:
    """Grant nothing beside the exam's rule, under whichever enrolment."""
    del session, enrolment
    return THE_RULE_ALONE


@dataclass(frozen=True)
class Studied:
    """What was read and practised under an enrolment."""

    ended: Mapping[str, datetime]
    """When each section was ended, by its slug."""
    practised: frozenset[str]
    """The practice cases decided to their end."""
    gate: Gate
    """The reading gate that this opens, or does not yet."""

    def to_json(self) -> Json:
        """Return what an attempt keeps of it."""
        return {
            "is_met": self.gate.is_met,
            "sections": {slug: at.isoformat() for slug, at in sorted(self.ended.items())},
            "practice": sorted(self.practised),
        }


@dataclass(frozen=True)
class Standing:
    """A learner's tries at an exam so far, and what a start now would meet."""

    outline: Outline
    """Of the version the learner is enrolled in."""
    policy: ExamPolicy
    address: CourseAddress
    """Of the course in the context of this enrolment."""
    tries: list[Try]
    """In every context, because all of them count."""
    studied: Studied
    terms: StartTerms | StartRefusal

    @property
    def newest(self) -> Try | None:
        """The newest try that bears on a start here, if there is one.

        A pass elsewhere does not, and after a pass here nothing elsewhere does.
        """
        is_passed = any(one.passed and self.is_here(one) for one in self.tries)
        bearing = [one for one in self.tries if self.is_here(one) or not (is_passed or one.passed)]
        return bearing[-1] if bearing else None

    def is_here(self, one: Try) -> bool:
        """Tell whether a try was made in this context."""
        return one.context == self.address.context


def standing(session: Session, enrolment: Enrolment, *, now: datetime) -> Standing:
    """Return where a learner stands with the exam of the version they are enrolled in."""
    outline = outlines.outline(session, enrolment.course_revision)
    policy = policy_of(outline.exam)
    studied = _studied(session, enrolment, outline)
    tries = tries_of(session, enrolment.subject, outline.exam.document_id, now=now)
    topics = practisable(session, enrolment.course_revision)
    past = [past_try(one, context=enrolment.context, practised_on=topics) for one in tries]
    is_to_be_put_right = any(one.remedies for one in past if one.state is not AttemptState.VOID)
    terms = may_start(
        policy,
        past,
        now=now,
        gate=studied.gate,
        done=done_since(session, enrolment.subject, enrolment.course_id)
        if is_to_be_put_right
        else Done({}, {}),
        given=exam_terms(session, enrolment),
    )
    return Standing(outline, policy, enrolment.address, tries, studied, terms)


@dataclass(frozen=True)
class NewestTry:
    """The newest try at an exam, for pages that name many courses."""

    one: Try
    again_at: datetime | None
    """When the pause after it is over, while it is not."""


def newest_tries(
    session: Session, actor: Actor, mine: Iterable[Course], *, now: datetime
) -> dict[int, NewestTry]:
    """Return the newest try in the context of each of the actor's enrolments, by its id.

    One query; the pause counts tries in every context.
    """
    of_exam: dict[int, list[Try]] = {}
    for one in all_tries(session, actor, now=now):
        of_exam.setdefault(one.attempt.exam_id, []).append(one)
    found = {}
    for course in mine:
        exam, at = course.outline.exam, course.address
        tries = of_exam.get(exam.document_id, [])
        here = [one for one in tries if one.context == at.context]
        if course.enrolment and here:
            paused = _paused_until(exam, tries, now=now)
            found[course.enrolment.id] = NewestTry(here[0], paused)
    return found


def _paused_until(exam: ExamPart, tries: Sequence[Try], *, now: datetime) -> datetime | None:
    """Return when the pause after failed tries, the newest first, is over; None if it is."""
    if tries[0].state is not AttemptState.GRADED or tries[0].passed:
        return None
    past = [
        PastTry(one.attempt.number, one.state, one.attempt.closed_at, one.passed) for one in tries
    ]
    until = pause_until(policy_of(exam), past)
    return until if until is not None and now < until else None


def _studied(session: Session, enrolment: Enrolment, outline: Outline) -> Studied:
    needs = [
        SectionNeed(
            section.slug, tuple(case.slug for case in outline.practice.get(section.slug, ()))
        )
        for section in outline.sections
        if section.front.is_required
    ]
    ended = finished_sections(session, [enrolment])[enrolment.id]
    practised = practice_done(session, enrolment)
    return Studied(ended, practised, reading_gate(needs, done=ended, answered=practised))


@dataclass(frozen=True)
class PracticeTopic:
    """A practice case as far as finding it needs: where it stands and what it is about."""

    slug: str
    title: str
    section: str
    hazards: tuple[str, ...]


_practice: LruCache[str, tuple[PracticeTopic, ...]] = LruCache(64)


def practice_cases(session: Session, course_revision: Revision) -> tuple[PracticeTopic, ...]:
    """Return the practice cases of a version in its order; remembered, as it never changes."""
    known = _practice.get(course_revision.public_id)
    if known is not None:
        return known
    hazards = {
        case.document_id: case.front.hazards for case in practice_in(session, course_revision.id)
    }
    outline = outlines.outline(session, course_revision)
    found = tuple(
        PracticeTopic(case.slug, case.title, section.slug, hazards[case.document_id])
        for section in outline.sections
        for case in outline.practice[section.slug]
    )
    return _practice.put(course_revision.public_id, found)


def practisable(session: Session, course_revision: Revision) -> frozenset[str]:
    """Return the safety topics of a version that have practice."""
    cases = practice_cases(session, course_revision)
    return frozenset(hazard for case in cases for hazard in case.hazards)
