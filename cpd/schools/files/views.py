"""Fill my file: upload what another system gave out, see what would change, and download it."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, abort, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, current_scope, requires
from cpd.access.permissions import Permission
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.kernel.single_line import LONGEST, clean_line
from cpd.organisations.models import School, SchoolKind
from cpd.organisations.queries import find_school, find_scope_of_route
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.queries import find_assignment, find_course_titles
from cpd.schools.assignments.rules.seen_by_school import find_seen_by_school
from cpd.schools.blueprint import bp
from cpd.schools.cohorts.queries import build_reach
from cpd.schools.files import actions, labels, queries
from cpd.schools.files.forms import ReviewForm, UploadForm, build_review_form
from cpd.schools.files.pairing import find_rows_to_pair
from cpd.schools.files.queries import NOBODY, ScoredClass
from cpd.schools.files.rules.file_faults import FileRefusedError
from cpd.schools.files.rules.reviewing import Choices, OpenFile, Review, open_file, review_file
from cpd.schools.files.rules.tables import Source, label_of_column
from cpd.web.reading import MOST_CARRIED, read_uploaded_file_and_name

MOST_SHOWN = 200
_FILL = "/<string:slug>/assignments/<string:public_id>/fill"
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get(_FILL)
@requires(Permission.GRADE_READ, within=find_scope_of_route)
def ask_for_file(slug: str, public_id: str) -> ResponseReturnValue:
    """Ask for the file to fill."""
    del slug
    return _render_upload_page(_find_assigned_or_404(public_id), UploadForm())


@bp.post(_FILL)
@requires(Permission.GRADE_READ, within=find_scope_of_route)
def show_file(slug: str, public_id: str) -> ResponseReturnValue:
    """Show how a file was understood, and what would change in it; nothing is stored."""
    del slug
    assigned, form = _find_assigned_or_404(public_id), UploadForm.from_request()
    name, contents = _read_upload(form)
    if form.file.errors:
        return _render_upload_page(assigned, form), HTTPStatus.UNPROCESSABLE_ENTITY
    return _show_review(assigned, ReviewForm(name=name), contents, Choices())


@bp.post(f"{_FILL}/preview")
@requires(Permission.GRADE_READ, within=find_scope_of_route)
def show_file_again(slug: str, public_id: str) -> ResponseReturnValue:
    """Show what would change with other choices; nothing is stored."""
    del slug
    assigned, form = _find_assigned_or_404(public_id), ReviewForm.from_request()
    return _show_review(assigned, form, form.read_contents(), _read_choices_or_404(form))


@bp.post(f"{_FILL}/file")
@requires(Permission.GRADE_READ, within=find_scope_of_route)
def download_filled_file(slug: str, public_id: str) -> ResponseReturnValue:
    """Send the file as it was shown, and remember the pairs that were chosen."""
    del slug
    assigned, form = _find_assigned_or_404(public_id), ReviewForm.from_request()
    contents, choices = form.read_contents(), _read_choices_or_404(form)
    try:
        opened, review, _scored = _review(assigned, form.name.data, contents, choices)
    except FileRefusedError as refused:
        return _refuse_file(assigned, refused)
    if form.errors or review.filling is None:
        return _show_review(assigned, form, contents, choices)
    with unit_of_work() as session:
        actions.record_filled_file(
            session,
            current_scope(),
            assigned.assignment,
            count=len(review.filling.changes),
            confirmed=opened.confirmed,
            actor=current_actor(),
            now=clock.now(),
        )
    media_type = _WORKBOOK if opened.table.source is Source.WORKBOOK else "text/csv"
    return _send_file(form.name.data, review.filling.contents, media_type)


@dataclass(frozen=True)
class _Assigned:
    """The assignment of an address, with its school and the title of its course."""

    assignment: Assignment
    school: School
    title: str


def _find_assigned_or_404(public_id: str) -> _Assigned:
    """Return the assignment in the address; an employer sees no scores, so it fills no file."""
    session, scope = db.session(), current_scope()
    reach = build_reach(current_actor(), scope)
    assignment = find_assignment(session, reach, public_id) or abort(404)
    school = find_school(session, scope)
    is_employer = school.kind is SchoolKind.CLINIC
    if not find_seen_by_school(assignment.terms, is_employer=is_employer).has_exam:
        abort(404)
    titles = find_course_titles(session, [assignment.course_id])
    return _Assigned(assignment, school, titles[assignment.course_id])


def _read_upload(form: UploadForm) -> tuple[str, bytes]:
    """Return name and contents of the file; the form now says what is wrong, if anything."""
    name, contents = read_uploaded_file_and_name(form.file.name)
    if not contents:
        form.file.errors = [_("Choose a file that is not empty.")]
    elif len(contents) > MOST_CARRIED:
        form.file.errors = [
            _("The file is larger than 700 kB. Save only the sheet that is needed.")
        ]
    return clean_file_name(name), contents


def _read_choices_or_404(form: ReviewForm) -> Choices:
    """Return what was chosen; nobody outside the school can be paired with a row."""
    choices = form.read_choices()
    keys = set(filter(None, choices.pairs.values()))
    if keys and not queries.are_members(db.session(), current_scope(), keys):
        abort(404)
    return choices


def _review(
    assigned: _Assigned, name: str, contents: bytes, choices: Choices
) -> tuple[OpenFile, Review, ScoredClass]:
    """Understand and fill a file, for the pages and the download; raises FileRefusedError.

    404 if a row was said to be about somebody outside the class.
    """
    session, scope = db.session(), current_scope()
    opened = open_file(contents, name, choices)
    reach = build_reach(current_actor(), scope)
    scored = queries.find_scored_class(session, reach, assigned.assignment)
    if not {*choices.pairs.values()} <= {NOBODY, *(learner.key for learner in scored.learners)}:
        abort(404)  # a row can be about nobody outside the class
    review = review_file(
        opened,
        learners=scored.learners,
        scores=scored.scores,
        title=assigned.title,
        remembered=queries.find_pairs(session, scope, opened.row_identities),
    )
    return opened, review, scored


def _show_review(
    assigned: _Assigned, sent: ReviewForm, contents: bytes, choices: Choices
) -> ResponseReturnValue:
    try:
        opened, review, scored = _review(assigned, sent.name.data, contents, choices)
    except FileRefusedError as refused:
        return _refuse_file(assigned, refused)
    form = build_review_form(opened, review, sent.name.data)
    if sent.most.errors:
        form.most.data, form.most.errors = sent.most.data, sent.most.errors
    names = {learner.key: learner.name for learner in scored.learners}
    by_line = {match.line: match for match in review.matches.found}
    page = render_template(
        "schools/files/review.html",
        form=form,
        opened=opened,
        review=review,
        assigned=assigned,
        to_pair=find_rows_to_pair(opened, review, scored.learners),
        missing=[names[key] for key in review.matches.missing],
        names=names,
        matches=by_line,
        most_shown=MOST_SHOWN,
        label_of_column=label_of_column,
        labels=labels,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _refuse_file(assigned: _Assigned, refused: FileRefusedError) -> ResponseReturnValue:
    form = UploadForm()
    form.file.errors = [labels.describe_refusal(refused)]
    return _render_upload_page(assigned, form), HTTPStatus.UNPROCESSABLE_ENTITY


def _render_upload_page(assigned: _Assigned, form: UploadForm) -> str:
    return render_template(
        "schools/files/upload.html",
        form=form,
        assigned=assigned,
    )


def _send_file(name: str, contents: bytes, media_type: str) -> Response:
    response = make_response(contents)
    response.content_type = media_type
    name = clean_file_name(name)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def clean_file_name(name: str) -> str:
    """Return the name of a file without folders, control characters and excess length."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return clean_line("".join(filter(str.isprintable, last))).text[-LONGEST:] or "grades.csv"
