"""Bringing files in: an upload is shown first, and then imported as it was shown."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.authoring.blueprint import bp
from cpd.authoring.course_titles import title_of_course
from cpd.authoring.drafts.models import Draft
from cpd.authoring.drafts.queries import find_written_courses
from cpd.authoring.new_courses.actions import SlugTakenError
from cpd.authoring.sources.archive_reading import MOST_FILES
from cpd.authoring.sources.csv_reading import MOST_ROWS
from cpd.authoring.transfers import actions, queries
from cpd.authoring.transfers.actions import FilesMovedError
from cpd.authoring.transfers.case_rows import COLUMNS
from cpd.authoring.transfers.column_guide import COLUMN_GUIDE, EXAMPLES
from cpd.authoring.transfers.forms import (
    NEW_COURSE,
    ConfirmationForm,
    UploadForm,
)
from cpd.authoring.transfers.plans import FileState, Plan
from cpd.authoring.transfers.uploads import Upload, plan_upload, read_upload, read_upload_again
from cpd.authoring.transfers.views.exporting import send_table
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.kernel.csv_writing import write_csv
from cpd.web.forms import build_choice
from cpd.web.reading import read_query_value

CONFLICT, WRONG = 409, 422
MOST_FAULTS_SHOWN = 200


@bp.get("/import-template.csv")
@requires(Permission.DRAFT_WRITE)
def download_table_template() -> ResponseReturnValue:
    """Send a table with all columns and two cases as examples."""
    rows = [[cells.get(column, "") for column in COLUMNS] for cells in EXAMPLES]
    return send_table("cases", write_csv([COLUMNS, *rows]))


@bp.get("/import")
@requires(Permission.DRAFT_WRITE)
def ask_for_upload() -> ResponseReturnValue:
    """Ask for an archive or a table."""
    return _render_upload_page(UploadForm(course=read_query_value("course")))


@bp.post("/import")
@requires(Permission.DRAFT_WRITE)
def show_import_plan() -> ResponseReturnValue:
    """Show what an upload would change; nothing is written."""
    form = UploadForm.from_request()
    upload = read_upload(form)
    plan = plan_upload(upload, form) if upload else None
    if upload is None or plan is None:
        return _render_upload_page(form), WRONG
    return _render_plan_page(upload, plan), WRONG if plan.faults else 200


@bp.post("/import/confirmation")
@requires(Permission.DRAFT_WRITE)
def import_upload() -> ResponseReturnValue:
    """Import exactly what was shown, or show what has changed since."""
    form = ConfirmationForm.from_request()
    upload = read_upload_again(form)
    plan = plan_upload(upload, form) if form.validate() else None
    if plan is None:
        return _render_upload_page(_ask_again(form)), WRONG
    if not plan.can_be_imported or plan.digest != form.shown.data:
        return _render_plan_page(upload, plan, has_moved=True), CONFLICT
    try:
        _import_plan(upload, plan)
    except (FilesMovedError, SlugTakenError):
        return _render_upload_page(_ask_again(form)), CONFLICT
    count = len(plan.written_files) + len(plan.pictures)
    flash(ngettext("One file was imported.", "%(num)s files were imported.", count), "good")
    if upload.course and plan.written_files:
        return redirect(url_for(".show_workbench"), 303)  # it begins with these drafts
    return redirect(url_for(".list_course_files", course=plan.course), 303)


def _import_plan(upload: Upload, plan: Plan) -> None:
    actor, now = current_actor(), clock.now()
    with unit_of_work() as session:
        if upload.course is None:
            actions.import_as_new_course(session, plan.course, plan, actor=actor, now=now)
        else:
            actions.import_into_course(session, upload.course, plan, actor=actor, now=now)


def _ask_again(form: ConfirmationForm) -> UploadForm:
    """Return the form of the upload with what is wrong now."""
    again = UploadForm(course=form.course.data, slug=form.slug.data)
    again.course.errors, again.slug.errors = form.course.errors, form.slug.errors
    if not form.errors:
        again.form_errors.append(
            _("Someone changed these files just now. Upload your file again to see how.")
        )
    return again


def _render_upload_page(form: UploadForm) -> str:
    courses = find_written_courses(db.session(), current_actor())
    form.course.choices = [
        *(build_choice(course.slug, title_of_course(course)) for course in courses),
        build_choice(NEW_COURSE, _("A new course")),
    ]
    return render_template(
        "authoring/transfers/upload.html",
        form=form,
        columns=COLUMN_GUIDE,
        most_files=f"{MOST_FILES:,}",
        most_rows=MOST_ROWS,
    )


def _render_plan_page(upload: Upload, plan: Plan, *, has_moved: bool = False) -> str:
    return render_template(
        "authoring/transfers/plan.html",
        upload=upload,
        plan=plan,
        new=plan.list_files(FileState.NEW),
        changed=plan.list_files(FileState.CHANGED),
        unchanged=plan.list_files(FileState.UNCHANGED),
        faults=plan.faults[:MOST_FAULTS_SHOWN],
        drafts=_find_drafts(upload),
        has_moved=has_moved,
    )


def _find_drafts(upload: Upload) -> dict[str, Draft]:
    """Return the open drafts of a course by path."""
    if upload.course is None:
        return {}
    return dict(queries.find_present_files(db.session(), upload.course).drafts)
