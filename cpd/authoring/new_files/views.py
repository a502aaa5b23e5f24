"""Adding a file to a course: what it is and what it is called; its form asks the rest."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.authoring.blueprint import bp
from cpd.authoring.drafts.models import Draft
from cpd.authoring.new_files import actions
from cpd.authoring.new_files.file_texts import BegunFile, NewFile, build_new_file
from cpd.authoring.new_files.forms import TYPES_WITH_PASSAGE, TYPES_WITH_SUMMARY, NewFileForm
from cpd.authoring.pages import written_course_or_404
from cpd.authoring.short.finding import list_passages
from cpd.authoring.short.making import Shelf
from cpd.authoring.short.pages import find_own_name, shelf_or_404
from cpd.content.yaml_writing import SpliceError
from cpd.courses.models import CourseRow
from cpd.db import unit_of_work
from cpd.kernel import clock

WRONG = 422


@bp.get("/courses/<string:course>/new-file")
@requires(Permission.DRAFT_WRITE)
def ask_for_new_file(course: str) -> ResponseReturnValue:
    """Ask what to add, and what it is called."""
    row = written_course_or_404(course)
    return _render_new_file(row, NewFileForm())


@bp.post("/courses/<string:course>/new-file")
@requires(Permission.DRAFT_WRITE)
def begin_file(course: str) -> ResponseReturnValue:
    """Begin the draft of a file; a section also joins the list of its course."""
    row, form = written_course_or_404(course), NewFileForm.from_request()
    shelf = shelf_or_404(row)
    if not form.validate() or not _has_what_its_type_needs(form, shelf):
        return _render_new_file(row, form), WRONG
    new = NewFile(
        type=form.type.data,
        title=form.file_title.data or "",
        summary=form.summary.data or "",
        passage=form.passage.data or "",
        author=find_own_name(),
    )
    draft = _start_drafts(row, build_new_file(new, shelf), is_section=new.type == "section")
    return redirect(url_for(".edit_draft", public_id=draft.public_id), 303)


def _has_what_its_type_needs(form: NewFileForm, shelf: Shelf) -> bool:
    """Tell whether what only some types need is there, and say so at its field if not."""
    type_, passages = form.type.data, dict(list_passages(shelf.course))
    if type_ in TYPES_WITH_SUMMARY and not form.summary.data:
        form.summary.errors = [_("Say it in a sentence; learners see it in the list of contents.")]
    if type_ in TYPES_WITH_PASSAGE and form.passage.data not in passages:
        form.passage.errors = [_("Choose a passage of this course.")]
    return not form.errors


def _start_drafts(row: CourseRow, begun: BegunFile, *, is_section: bool) -> Draft:
    actor, now = current_actor(), clock.now()
    with unit_of_work() as session:
        draft = actions.start_draft_of_new_file(
            session, row, begun.path, begun.text, actor=actor, now=now
        )
        if is_section:
            try:
                actions.add_section_to_course(session, row, begun.id, actor=actor, now=now)
            except (SpliceError, LookupError):
                message = _("Add “%(section)s” to the sections of the course.", section=begun.id)
                flash(message, "warn")
            else:
                flash(_("The section is begun, and it is the last one of the course."), "good")
        else:
            flash(_("The draft is begun. Answer its questions."), "good")
    return draft


def _render_new_file(row: CourseRow, form: NewFileForm) -> str:
    passages = list_passages(shelf_or_404(row).course)
    form.passage.choices = [("", _("Choose")), *passages]
    return render_template("authoring/new_files/new.html", course=row, form=form)
