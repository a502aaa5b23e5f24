"""The page on which administrators put the résumés of a course's authors on file."""

from collections.abc import Mapping, Sequence

from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.applications.blueprint import bp
from cpd.applications.pages import newest_version_or_404
from cpd.applications.resumes import actions, queries
from cpd.applications.resumes.forms import ResumeForm
from cpd.courses.rules.fronts.course import Author, CourseFront
from cpd.credit.rules.approvals import LetterFault, find_letter_fault
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.web.forms import NoFields
from cpd.web.reading import read_uploaded_file

WRONG = 422
FAULTS: Mapping[LetterFault, LazyString] = {
    LetterFault.EMPTY: _l("Choose the file first."),
    LetterFault.NO_PDF: _l("This is not a PDF file. Save the résumé as a PDF."),
    LetterFault.TOO_LARGE: _l("The file is larger than 900 kB. Save it at a lower quality."),
}


@bp.get("/applications/courses/<string:course>/instructors")
@requires(Permission.APPLICATION_MANAGE)
def list_instructors(course: str) -> ResponseReturnValue:
    """List the authors of a course, each with the résumé on file."""
    return _render_page(course, ResumeForm())


@bp.post("/applications/courses/<string:course>/instructors")
@requires(Permission.APPLICATION_MANAGE)
def store_resume(course: str) -> ResponseReturnValue:
    """Put a résumé on file in place of an earlier one."""
    form, names = ResumeForm.from_request(), [one.name for one in _find_authors_or_404(course)]
    form.offer_authors(names)
    content = read_uploaded_file(form.resume.name)
    is_valid, fault = form.validate(), find_letter_fault(content)
    if fault is not None:
        form.resume.errors = [FAULTS[fault]]
    if not is_valid or fault is not None:
        return _render_page(course, form), WRONG
    with unit_of_work() as session:
        actions.store_resume(
            session, form.author.data, content, actor=current_actor(), now=clock.now()
        )
    flash(_("The résumé is on file."), "good")
    return redirect(url_for(".list_instructors", course=course), 303)


@bp.get("/applications/courses/<string:course>/instructors/<int:number>/resume")
@requires(Permission.APPLICATION_MANAGE)
def download_resume(course: str, number: int) -> ResponseReturnValue:
    """Send the résumé of an author, who is named by their place in the course."""
    author = _find_author_or_404(course, number)
    files = queries.find_resume_files(db.session(), current_actor(), [author.name])
    content = files.get(author.name) or abort(404)
    response = Response(content, content_type=queries.RESUME_TYPE)
    name = f"{course}-resume-{number}.pdf"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@bp.post("/applications/courses/<string:course>/instructors/<int:number>/removal")
@requires(Permission.APPLICATION_MANAGE)
def remove_resume(course: str, number: int) -> ResponseReturnValue:
    """Remove the résumé of an author."""
    NoFields.from_request()
    author = _find_author_or_404(course, number)
    with unit_of_work() as session:
        actions.remove_resume(session, author.name, actor=current_actor(), now=clock.now())
    flash(_("The résumé is removed."), "good")
    return redirect(url_for(".list_instructors", course=course), 303)


def _find_authors_or_404(course: str) -> Sequence[Author]:
    return CourseFront.from_json(newest_version_or_404(course).front).authors


def _find_author_or_404(course: str, number: int) -> Author:
    authors = _find_authors_or_404(course)
    return authors[number - 1] if 1 <= number <= len(authors) else abort(404)


def _render_page(course: str, form: ResumeForm) -> str:
    revision = newest_version_or_404(course)
    authors = CourseFront.from_json(revision.front).authors
    names = [author.name for author in authors]
    form.offer_authors(names)
    return render_template(
        "applications/resumes/instructors.html",
        course=course,
        revision=revision,
        authors=authors,
        resumes=queries.find_resumes(db.session(), names),
        form=form,
    )
