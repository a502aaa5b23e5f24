"""The record page: where a learner left off, and the results so far."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.courses import hooks
from cpd.courses.enrolment.queries import find_own_courses, has_actor_ever_enrolled
from cpd.dashboard.queries import find_case_to_resume, find_courses_in_progress, find_practice
from cpd.db import db
from cpd.kernel import clock

bp = Blueprint("dashboard", __name__, template_folder="templates")


@bp.get("/record")
@requires(Permission.COURSE_STUDY)
def learner_record() -> ResponseReturnValue:
    """Show where the learner left off, their results and their certificates."""
    session, actor = db.session(), current_actor()
    mine, now = find_own_courses(session, actor), clock.now()
    in_progress = find_courses_in_progress(session, actor, mine, now=now)
    is_learner = bool(mine) or has_actor_ever_enrolled(session, actor)
    return render_template(
        "dashboard/record.html",
        now=now,
        in_progress=in_progress,
        open_case=find_case_to_resume(session, in_progress, now=now),
        practice=find_practice(session, mine),
        panels=hooks.record_panels(session, actor) if is_learner else None,
    )
