"""Reads for the home page and the record: courses that are being taken, and where they stopped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.certificates.models import Certificate, CertificateState
from cpd.certificates.queries import build_record_of_certificate, find_own_certificates
from cpd.certificates.rules.printed_facts import printed_facts
from cpd.courses.models import Enrolment, EnrolmentState
from cpd.courses.queries import Course
from cpd.courses.reading.queries import build_reading_place, find_section_finish_times
from cpd.courses.rules import reading
from cpd.courses.rules.reading import Progress
from cpd.quizzes.attempts import delivery
from cpd.quizzes.exams.eligibility import NewestAttempt, find_newest_attempts
from cpd.quizzes.practice.queries import find_finished_practice_by_enrolment
from cpd.quizzes.rules.attempts import AttemptState
from cpd.quizzes.weak_spots.queries import (
    CaseToPractice,
    find_cases_to_practice,
    find_practiced_enrolments,
)


@dataclass(frozen=True)
class CourseInProgress:
    """A course that the learner is taking, and when they were last in it."""

    course: Course
    enrolment: Enrolment
    progress: Progress
    last_at: datetime
    exam: NewestAttempt | None
    """The newest attempt at its exam, if there is one."""


def find_courses_in_progress(
    session: Session, actor: Actor, mine: Sequence[Course], *, now: datetime
) -> list[CourseInProgress]:
    """Return those of the actor's courses that they are still taking, the last one read first."""
    taking = {
        course.enrolment: course
        for course in mine
        if course.enrolment and course.enrolment.state is EnrolmentState.ACTIVE
    }
    finished = find_section_finish_times(session, taking)
    practiced = find_finished_practice_by_enrolment(session, taking)
    exams = find_newest_attempts(session, actor, taking.values(), now=now) if taking else {}
    courses = []
    for enrolment, course in taking.items():
        place, exam = build_reading_place(enrolment), exams.get(enrolment.id)
        times = finished[enrolment.id]
        visits = [enrolment.started_at, *times.values()]
        visits += [place.noted_at] if place else []
        visits += [exam.summary.latest_at] if exam else []
        progress = reading.build_progress(
            course.outline, times, practiced[enrolment.id], place=place
        )
        courses.append(CourseInProgress(course, enrolment, progress, max(visits), exam))
    return sorted(courses, key=lambda course: course.last_at, reverse=True)


@dataclass(frozen=True)
class CoursePractice:
    """A course in which the learner has practiced, and the case they should decide next."""

    course: Course
    case: CaseToPractice | None
    """Only for the course that was practiced last, so that a page costs the same for many."""


def find_practice(session: Session, mine: Sequence[Course]) -> list[CoursePractice]:
    """Return those of the actor's courses in which they have practiced, the last one first.

    A course that they take twice, such as for themselves and for a school, is in it once.
    """
    open_to_practice = {
        course.enrolment.id: course for course in mine if course.enrolment and not course.stop
    }
    newest_by_course: dict[int, Course] = {}
    for id_ in find_practiced_enrolments(session, open_to_practice):
        course = open_to_practice[id_]
        newest_by_course.setdefault(course.revision.document.course_id, course)
    courses = list(newest_by_course.values())
    practice = [CoursePractice(course, None) for course in courses]
    newest = courses[0].enrolment if courses else None
    if newest is not None:
        next_case, *_ = (*find_cases_to_practice(session, newest, at_most=1), None)
        practice[0] = CoursePractice(courses[0], next_case)
    return practice


def find_certificates_with_facts(
    session: Session, holder: Actor, *, at_most: int, is_valid: bool = False
) -> list[tuple[Certificate, Mapping[str, str]]]:
    """Return someone's newest certificates, or only the valid ones, with what they state."""
    found = find_own_certificates(session, holder)
    chosen = [it for it in found if not is_valid or it.state is CertificateState.VALID]
    return [
        (it, printed_facts(build_record_of_certificate(it).parsed_facts)) for it in chosen[:at_most]
    ]


@dataclass(frozen=True)
class OpenCase:
    """The case at which an open attempt continues, by its number."""

    number: int
    case_count: int


def find_case_to_resume(
    session: Session, courses: Sequence[CourseInProgress], *, now: datetime
) -> OpenCase | None:
    """Return where the open attempt of the first course continues; None if there is none.

    Only of the first, so that a page costs the same however many courses someone takes.
    """
    exam = courses[0].exam if courses else None
    if exam is None or exam.summary.state is not AttemptState.OPEN:
        return None
    attempt = delivery.find_attempt_with_shown_cases(session, exam.summary.attempt, now=now)
    unfinished = attempt.unfinished_cases
    return OpenCase(unfinished[0].position, len(attempt.cases)) if unfinished else None
