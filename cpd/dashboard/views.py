"""The record page: where a learner left off, and the results so far."""

from flask import Blueprint, Response, make_response, render_template
from flask.typing import ResponseReturnValue

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.certificates.formats.extras import MissingExtraError
from cpd.courses import hooks
from cpd.courses.enrolment.queries import find_own_courses, has_actor_ever_enrolled
from cpd.dashboard.cycle_files import build_cycle_pdf, load_cycle_table
from cpd.dashboard.queries import find_case_to_resume, find_courses_in_progress, find_practice
from cpd.db import db
from cpd.kernel import clock
from cpd.kernel.csv_writing import write_csv

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


@bp.get("/record/cycles.csv")
@requires(Permission.COURSE_STUDY)
def download_cycles_as_csv() -> ResponseReturnValue:
    """Send the person's own cycles, activities and certificates as a CSV file."""
    table = load_cycle_table(db.session(), current_actor(), today=clock.now().date())
    content = write_csv([table.head, *table.rows]).encode("utf-8-sig")
    return _send_file("my-cycles.csv", content, "text/csv")


@bp.get("/record/cycles.pdf")
@requires(Permission.COURSE_STUDY)
def download_cycles_as_pdf() -> ResponseReturnValue:
    """Send the same as a PDF."""
    now = clock.now()
    table = load_cycle_table(db.session(), current_actor(), today=now.date())
    try:
        content = build_cycle_pdf(table, now)
    except MissingExtraError:
        return render_template("dashboard/no_pdf.html"), 503
    return _send_file("my-cycles.pdf", content, "application/pdf")


def _send_file(name: str, content: bytes, media_type: str) -> Response:
    response = make_response(content)
    response.content_type = media_type
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response
