"""The workbench, and the files of one course."""

from itertools import groupby
from operator import attrgetter

from flask import render_template
from flask.typing import ResponseReturnValue

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.authoring.bank import queries
from cpd.authoring.blueprint import bp
from cpd.authoring.drafts.queries import find_open_drafts, find_written_courses
from cpd.authoring.pages import written_course_or_404
from cpd.db import db


@bp.get("")
@requires(Permission.DRAFT_WRITE)
def show_workbench() -> ResponseReturnValue:
    """Show what the actor is writing, and the courses to write for."""
    session, actor = db.session(), current_actor()
    drafts = find_open_drafts(session, actor)
    return render_template(
        "authoring/bank/workbench.html",
        drafts=[draft for draft in drafts if actor.subject in (draft.created_by, draft.edited_by)],
        courses=find_written_courses(session, actor),
    )


@bp.get("/courses/<string:course>")
@requires(Permission.DRAFT_WRITE)
def list_course_files(course: str) -> ResponseReturnValue:
    """List the files of a course by type, each with its draft or a button that starts one."""
    row = written_course_or_404(course)
    files = queries.find_files_of_course(db.session(), current_actor(), row)
    by_type = groupby(sorted(files, key=attrgetter("type", "path")), key=attrgetter("type"))
    return render_template(
        "authoring/bank/files.html",
        course=row,
        files={type_: list(group) for type_, group in by_type},
    )
