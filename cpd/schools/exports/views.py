"""The gradebook of an assignment as a CSV file or a workbook."""

from flask import Response, abort, make_response
from flask.typing import ResponseReturnValue

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.kernel.csv_writing import write_csv
from cpd.organisations.queries import find_scope_of_route
from cpd.schools.blueprint import bp
from cpd.schools.exports.forms import CSV, ExportForm
from cpd.schools.files.rules.workbook_writing import write_workbook
from cpd.schools.gradebook.actions import record_export
from cpd.schools.gradebook.class_table import find_rows, load_graded_course
from cpd.schools.gradebook.rules.exporting import build_rows
from cpd.schools.pages import current_reach, find_assignment_or_404

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.post("/<string:slug>/assignments/<string:public_id>/gradebook/file")
@requires(Permission.GRADE_READ, within=find_scope_of_route)
def export_gradebook(slug: str, public_id: str) -> ResponseReturnValue:
    """Send the whole gradebook as a file."""
    del slug
    graded = load_graded_course(db.session(), find_assignment_or_404(public_id))
    form = ExportForm.from_request()
    if not form.validate():
        abort(400)
    now, name = clock.now(), f"gradebook-{graded.assignment.course.slug}"
    rows = find_rows(db.session(), current_reach(), graded, now=now)
    sections = [(section.document_id, section.slug) for section in graded.sections]
    contents = build_rows(rows, sections, is_employer=not graded.seen.has_exam)
    with unit_of_work() as session:
        record_export(session, graded.assignment, count=len(rows), actor=current_actor(), now=now)
    if form.format.data == CSV:
        return _send_file(f"{name}.csv", write_csv(contents).encode("utf-8-sig"), "text/csv")
    return _send_file(f"{name}.xlsx", write_workbook("Gradebook", contents), _WORKBOOK)


def _send_file(name: str, contents: bytes, media_type: str) -> Response:
    response = make_response(contents)
    response.content_type = media_type
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
