"""The page of what is published but not reviewed here yet, from which staff ask for reviews."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.authoring.asking import actions
from cpd.authoring.asking.published_queries import find_texts_to_review
from cpd.authoring.asking.views import flash_who_was_asked, parse_asked
from cpd.authoring.blueprint import bp
from cpd.authoring.pages import written_course_or_404
from cpd.authoring.review.forms import PublishedAskForm
from cpd.authoring.review.labels import GROUPS, TYPES
from cpd.authoring.review.published_texts import UnreadableCourseError, load_published_texts
from cpd.authoring.review.queries import find_reviewer_accounts
from cpd.courses.models import CourseRow
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.web.reading import read_page_number, read_query_value

WRONG = 422


@bp.get("/courses/<string:course>/reviews")
@requires(Permission.DRAFT_WRITE)
def list_texts_to_review(course: str) -> ResponseReturnValue:
    """List what is published but not reviewed here yet: all of it, a type, or what was chosen."""
    return _render_page(written_course_or_404(course), PublishedAskForm(texts=_read_chosen()))


@bp.post("/courses/<string:course>/reviews")
@requires(Permission.DRAFT_WRITE)
def ask_about_published_texts(course: str) -> ResponseReturnValue:
    """Ask reviewers and guests about the chosen texts, as they are published."""
    row, form, now = written_course_or_404(course), PublishedAskForm.from_request(), clock.now()
    asked, session = parse_asked(form, now=now), db.session()
    try:
        texts = load_published_texts(session, row, form.texts.data)
    except UnreadableCourseError as fault:
        abort(409, str(fault))
    if not texts:
        form.form_errors.append(_("Choose at least one text."))
    if not form.validate() or form.form_errors:
        return _render_page(row, form), WRONG
    with unit_of_work() as writing:
        report = actions.ask_about_published_texts(
            writing,
            row,
            texts,
            asked,
            note=form.note.data or "",
            actor=current_actor(),
            now=now,
        )
    flash_who_was_asked(report)
    type_ = read_query_value("type") or None
    return redirect(url_for(".list_texts_to_review", course=row.slug, type=type_), 303)


def _read_chosen() -> list[str]:
    """Return the names of the texts that were chosen on another page, such as `case:mina`."""
    return request.args.getlist("texts")


def _render_page(course: CourseRow, form: PublishedAskForm) -> str:
    type_, chosen, session = read_query_value("type"), _read_chosen(), db.session()
    page = read_page_number()
    found = find_texts_to_review(session, course, type_=type_, page=page, only=chosen)
    if found is None:
        abort(404)
    return render_template(
        "authoring/review/published.html",
        course=course,
        found=found,
        form=form,
        type=type_,
        chosen=chosen,
        accounts=find_reviewer_accounts(session, now=clock.now()),
        GROUPS=GROUPS,
        TYPES=TYPES,
    )
