"""The versions of a course and of each file, what changed, and going back to an earlier text."""

from collections.abc import Sequence

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.authoring.blueprint import bp
from cpd.authoring.drafts import actions
from cpd.authoring.drafts.queries import find_open_draft_of_file
from cpd.authoring.history import queries
from cpd.authoring.history.differences import compare_files
from cpd.authoring.history.queries import FileVersion
from cpd.authoring.pages import (
    find_names_of_people,
    note_opened_keys,
    send_to_blind_answer_if_asked,
    written_course_or_404,
)
from cpd.courses.models import CourseRow
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.web.forms import NoFields


@bp.get("/courses/<string:course>/history/<path:path>")
@requires(Permission.DRAFT_WRITE)
def list_file_versions(course: str, path: str) -> ResponseReturnValue:
    """List the published versions of a file: who published each, when and why."""
    row = written_course_or_404(course)
    versions = _find_versions_or_404(row, path)
    return render_template(
        "authoring/history/file.html",
        course=row,
        path=path,
        versions=versions,
        names=find_names_of_people(*(version.actor for version in versions)),
    )


@bp.get("/courses/<string:course>/versions/<int:number>/<path:path>")
@requires(Permission.DRAFT_WRITE)
def show_file_version(course: str, number: int, path: str) -> ResponseReturnValue:
    """Show one version of a file: what it changed, and its text."""
    row = written_course_or_404(course)
    versions = _find_versions_or_404(row, path)
    send_to_blind_answer_if_asked(row.id, path, versions[0].path)
    note_opened_keys(row.id, path, versions[0].path)
    version = _pick_version_or_404(versions, number)
    before = next((one for one in versions if one.number < number), None)
    return render_template(
        "authoring/history/version.html",
        course=row,
        path=path,
        version=version,
        is_newest=version is versions[0],
        before=before,
        differences=compare_files(version.path, before.text if before else None, version.text),
        since=compare_files(version.path, version.text, versions[0].text),
        names=find_names_of_people(version.actor),
        draft=find_open_draft_of_file(db.session(), row, versions[0].path),
    )


@bp.post("/courses/<string:course>/versions/<int:number>/<path:path>")
@requires(Permission.DRAFT_WRITE)
def go_back_to_version(course: str, number: int, path: str) -> ResponseReturnValue:
    """Start a draft with an earlier text; it is published like any other draft."""
    NoFields.from_request()
    row = written_course_or_404(course)
    versions = _find_versions_or_404(row, path)
    version, newest = _pick_version_or_404(versions, number), versions[0]
    if find_open_draft_of_file(db.session(), row, newest.path) is not None:
        abort(409, _("This file has an open draft. Publish it or discard it, then go back."))
    with unit_of_work() as session:
        draft = actions.start_draft(
            session,
            row,
            newest.path,
            version.text,
            base=queries.find_revision(session, newest),
            actor=current_actor(),
            now=clock.now(),
        )
    flash(_("This draft has the text of version %(number)s.", number=number), "good")
    return redirect(url_for(".edit_text", public_id=draft.public_id), 303)


def _find_versions_or_404(course: CourseRow, path: str) -> Sequence[FileVersion]:
    return queries.find_versions_of_file(db.session(), course, path) or abort(404)


def _pick_version_or_404(versions: Sequence[FileVersion], number: int) -> FileVersion:
    return next((one for one in versions if one.number == number), None) or abort(404)
