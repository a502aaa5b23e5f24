"""The workbench, and the files of one course."""

from itertools import groupby
from operator import attrgetter

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.authoring import hooks
from cpd.authoring.bank import queries
from cpd.authoring.bank.choices import find_courses_by_title
from cpd.authoring.bank.waiting import find_waiting
from cpd.authoring.blueprint import bp
from cpd.authoring.pages import written_course_or_404
from cpd.db import cut_page, db
from cpd.kernel import clock
from cpd.web.reading import read_page_number

FILES_PER_PAGE = 100


@bp.get("")
@requires(Permission.DRAFT_WRITE)
def show_workbench() -> ResponseReturnValue:
    """Show what the actor is writing, and the courses to write for."""
    session, actor, now = db.session(), current_actor(), clock.now()
    courses = find_courses_by_title(session, actor)
    drafts = queries.find_own_drafts(session, actor, page=read_page_number()) or abort(404)
    return render_template(
        "authoring/bank/workbench.html",
        drafts=drafts,
        waiting=find_waiting(session, actor, courses, now=now),
        panels=hooks.workbench_panels(session, actor),
        courses=courses,
        titles={course.row.id: course.title for course in courses},
    )


@bp.get("/courses/<string:course>")
@requires(Permission.DRAFT_WRITE)
def list_course_files(course: str) -> ResponseReturnValue:
    """List the files of a course by type, each with its draft or a button that starts one."""
    session, actor = db.session(), current_actor()
    row = written_course_or_404(course)
    found = queries.find_files_of_course(session, actor, row)
    files = sorted(found, key=attrgetter("type", "path"))
    page = cut_page(files, number=read_page_number(), size=FILES_PER_PAGE) or abort(404)
    by_type = groupby(page.rows, key=attrgetter("type"))
    places = {file.type: place for place, file in reversed([*enumerate(files)])}
    return render_template(
        "authoring/bank/files.html",
        course=row,
        page=page,
        files={type_: list(group) for type_, group in by_type},
        pages_of_types={
            type_: place // FILES_PER_PAGE + 1 for type_, place in sorted(places.items())
        },
    )
