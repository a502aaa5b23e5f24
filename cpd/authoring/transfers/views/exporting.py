"""Taking files out of the site: what somebody chose, a whole course, its simple cases."""

from collections.abc import Mapping

from flask import Response, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.authoring.blueprint import bp
from cpd.authoring.drafts.queries import find_course_files
from cpd.authoring.pages import (
    note_opened_keys,
    note_opened_keys_of_files,
    send_to_blind_answer_if_asked,
    written_course_or_404,
)
from cpd.authoring.sources.archive_writing import pack_archive
from cpd.authoring.sources.parsing import ParsedFiles
from cpd.authoring.transfers import queries
from cpd.authoring.transfers.case_rows import COLUMNS, build_row_or_none
from cpd.authoring.transfers.forms import PUBLISHED, TABLE, ExportForm, SelectionForm
from cpd.courses.models import CourseRow
from cpd.db import db
from cpd.kernel import raster
from cpd.kernel.csv_writing import write_csv
from cpd.media.queries import find_picture_files

WRONG = 422


@bp.post("/export")
@requires(Permission.DRAFT_WRITE)
def export_selection() -> ResponseReturnValue:
    """Send the chosen documents and drafts as an archive, each in the folder of its course."""
    form = SelectionForm.from_request()
    if not form.document.data:
        abort(WRONG, _("Go back and choose at least one file."))
    session, actor = db.session(), current_actor()
    chosen = queries.find_chosen_files(session, actor, form.document.data) or abort(404)
    files: dict[str, bytes] = {}
    for one in chosen:
        send_to_blind_answer_if_asked(one.course.id, *one.texts)
        files |= _in_folder(one.course.slug, one.texts)
    note_opened_keys_of_files((one.course.id, path) for one in chosen for path in one.texts)
    name = f"{chosen[0].course.slug}-selection" if len(chosen) == 1 else "selection"
    return _send_archive(name, files)


@bp.get("/courses/<string:course>/export")
@requires(Permission.DRAFT_WRITE)
def ask_what_to_export(course: str) -> ResponseReturnValue:
    """Ask which files of a course to take."""
    return _render_export_page(written_course_or_404(course), ExportForm())


@bp.post("/courses/<string:course>/export")
@requires(Permission.DRAFT_WRITE)
def export_course(course: str) -> ResponseReturnValue:
    """Send a course as an archive, or its simple cases as a table."""
    row, form = written_course_or_404(course), ExportForm.from_request()
    if not form.validate():
        return _render_export_page(row, form), WRONG
    session = db.session()
    if form.what.data == PUBLISHED:
        files: Mapping[str, str] = find_course_files(session, row)
    else:
        files = queries.find_present_files(session, row).texts
    send_to_blind_answer_if_asked(row.id, *files)
    note_opened_keys(row.id, *files)
    if form.what.data == TABLE:
        return _send_table_or_say_what_is_left_out(row, form, files)
    if not files:
        form.what.errors = [_("There is nothing to export yet.")]
        return _render_export_page(row, form), WRONG
    return _send_archive(row.slug, _in_folder(row.slug, files))


def _send_table_or_say_what_is_left_out(
    course: CourseRow, form: ExportForm, files: Mapping[str, str]
) -> ResponseReturnValue:
    rows, left_out = [], []
    for path, text in sorted(files.items()):
        if path.startswith("cases/"):
            parsed = ParsedFiles()
            parsed.parse_and_add_file(path, text.encode())
            row = None if parsed.faults else build_row_or_none(parsed.parts[0])
            if row is None:
                left_out.append(path)
            else:
                rows.append(row)
    if not rows:
        form.what.errors = [_("None of the cases fits into a table. Take the archive.")]
        return _render_export_page(course, form), WRONG
    if left_out and not form.is_known.data:
        return render_template(
            "authoring/transfers/left_out.html",
            course=course,
            form=form,
            rows=rows,
            left_out=left_out,
        )
    return send_table(f"{course.slug}-cases", write_csv([COLUMNS, *rows]))


def _render_export_page(course: CourseRow, form: ExportForm) -> str:
    session = db.session()
    return render_template(
        "authoring/transfers/export.html",
        course=course,
        form=form,
        files=queries.find_listed_files(session, course),
    )


def _in_folder(slug: str, texts: Mapping[str, str]) -> dict[str, bytes]:
    """Return files and the photos that they show, in the folder of their course."""
    shown = find_picture_files(db.session(), raster.find_mentioned_names(texts.values()))
    files = {**{path: text.encode() for path, text in texts.items()}, **shown}
    return {f"{slug}/{path}": content for path, content in files.items()}


def _send_archive(name: str, files: Mapping[str, bytes]) -> Response:
    return _send_file(f"{name}.zip", pack_archive(files), "application/zip")


def send_table(name: str, text: str) -> Response:
    """Send a table as spreadsheet programs expect it: in UTF-8, with a mark that says so."""
    return _send_file(f"{name}.csv", text.encode("utf-8-sig"), "text/csv; charset=utf-8")


def _send_file(name: str, content: bytes, media_type: str) -> Response:
    response = Response(content, content_type=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
