"""The record: where a learner was, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.courses import hooks, queries
from cpd.courses.models import Enrolment, EnrolmentState
from cpd.courses.queries import Course
from cpd.courses.rules import reading
from cpd.courses.rules.reading import Progress
from cpd.db import db
from cpd.kernel import clock
from cpd.quizzes.standing import NewestTry, newest_tries
from cpd.web.formatting import zone

bp = Blueprint("dashboard", __name__, template_folder="templates")

NOON, EVENING = 12, 18
"""Hours of the reader's day at which the greeting changes."""


@dataclass(frozen=True)
class Going:
    """A course under way, and when the learner was last in it."""

    course: Course
    progress: Progress
    last_at: datetime
    exam: NewestTry | None
    """The newest try at its exam, if there is one."""


@bp.get("/record")
@requires(Permission.COURSE_STUDY)
def record() -> ResponseReturnValue:
    """Show where the learner was, their results and their certificates."""
    session, actor = db.session(), current_actor()
    mine = queries.my_courses(session, actor)
    now = clock.now()
    ended = queries.readings(session, [one.enrolment for one in mine if one.enrolment])
    exams = newest_tries(session, actor, mine, now=now)
    going = [
        _going(one, one.enrolment, ended[one.enrolment.id], exams.get(one.enrolment.id))
        for one in mine
        if one.enrolment and one.enrolment.state is EnrolmentState.ACTIVE
    ]
    return render_template(
        "dashboard/record.html",
        now=now,
        hour=now.astimezone(zone()).hour,
        noon=NOON,
        evening=EVENING,
        going=sorted(going, key=lambda one: one.last_at, reverse=True),
        panels=hooks.record_panels(session, actor)
        if mine or queries.has_ever_enrolled(session, actor)
        else None,
    )


def _going(
    of: Course, enrolment: Enrolment, ended: Mapping[str, datetime], exam: NewestTry | None
) -> Going:
    place = queries.place_of(enrolment)
    seen = [
        enrolment.started_at,
        *ended.values(),
        *([place.noted_at] if place else []),
        *([exam.one.at] if exam else []),
    ]
    return Going(of, reading.progress(of.outline, ended, place=place), max(seen), exam)
