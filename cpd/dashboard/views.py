"""The record page: where a learner left off, and the results so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.courses import hooks
from cpd.courses.enrolment.queries import find_own_courses, has_actor_ever_enrolled
from cpd.courses.models import Enrolment, EnrolmentState
from cpd.courses.queries import Course
from cpd.courses.reading.queries import build_reading_place, find_section_finish_times
from cpd.courses.rules import reading
from cpd.courses.rules.reading import Progress
from cpd.db import db
from cpd.kernel import clock
from cpd.quizzes.exams.eligibility import NewestAttempt, find_newest_attempts
from cpd.web.formatting import load_time_zone

bp = Blueprint("dashboard", __name__, template_folder="templates")

NOON, EVENING = 12, 18
"""Hours of the reader's day when the greeting changes."""


@dataclass(frozen=True)
class CourseInProgress:
    """A course that the learner is taking, and when they were last in it."""

    course: Course
    progress: Progress
    last_at: datetime
    exam: NewestAttempt | None
    """The newest attempt at its exam, if there is one."""


@bp.get("/record")
@requires(Permission.COURSE_STUDY)
def learner_record() -> ResponseReturnValue:
    """Show where the learner left off, their results and their certificates."""
    session, actor = db.session(), current_actor()
    mine, now = find_own_courses(session, actor), clock.now()
    finished = find_section_finish_times(
        session, [course.enrolment for course in mine if course.enrolment]
    )
    exams = find_newest_attempts(session, actor, mine, now=now)
    in_progress = [
        _build_course_in_progress(
            course, enrolment, finished[enrolment.id], exams.get(enrolment.id)
        )
        for course in mine
        if (enrolment := course.enrolment) and enrolment.state is EnrolmentState.ACTIVE
    ]
    is_learner = bool(mine) or has_actor_ever_enrolled(session, actor)
    return render_template(
        "dashboard/record.html",
        now=now,
        hour=now.astimezone(load_time_zone()).hour,
        noon=NOON,
        evening=EVENING,
        in_progress=sorted(in_progress, key=lambda course: course.last_at, reverse=True),
        panels=hooks.record_panels(session, actor) if is_learner else None,
    )


def _build_course_in_progress(
    course: Course,
    enrolment: Enrolment,
    finished: Mapping[str, datetime],
    exam: NewestAttempt | None,
) -> CourseInProgress:
    place = build_reading_place(enrolment)
    visits = [
        enrolment.started_at,
        *finished.values(),
        *([place.noted_at] if place else []),
        *([exam.summary.latest_at] if exam else []),
    ]
    progress = reading.build_progress(course.outline, finished, place=place)
    return CourseInProgress(course, progress, max(visits), exam)
