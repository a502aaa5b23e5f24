"""The case bank: finding cases, and doing something with several of them."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.authoring.bank import actions
from cpd.authoring.bank.case_list import ChosenCases, find_case_page, find_chosen_cases
from cpd.authoring.bank.choices import WrittenCourse, find_cited_keys, find_courses_with_choices
from cpd.authoring.bank.filters import Age, CaseFilters, Flag, InCourse
from cpd.authoring.bank.forms import ChosenForm, FilterForm
from cpd.authoring.bank.labels import STATES
from cpd.authoring.blueprint import bp
from cpd.authoring.course_titles import title_of_draft
from cpd.authoring.indexing.models import CaseState
from cpd.authoring.pages import note_opened_keys_of_files
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.web.reading import read_page_number

_EXPORT = f"{bp.name}.export_selection"


@bp.get("/cases")
@requires(Permission.DRAFT_WRITE)
def list_cases() -> ResponseReturnValue:
    """List the cases that fit what somebody looks for."""
    session, actor, now = db.session(), current_actor(), clock.now()
    courses = find_courses_with_choices(session, actor)
    sent = MultiDict((name, value) for name, value in request.args.items(multi=True) if value)
    number = read_page_number()
    sent.poplist("page")
    form = FilterForm(sent)
    form.offer_choices(courses)
    if not form.validate():
        abort(404)
    wanted = _build_filters(form, courses)
    page = find_case_page(
        session,
        actor,
        wanted,
        page=number,
        due_courses=[course.row.id for course in courses if course.is_due(now.date())],
        now=now,
    ) or abort(404)
    if wanted.tells_keys:
        note_opened_keys_of_files((row.case.course_id, row.case.path) for row in page.rows)
    return render_template(
        "authoring/bank/cases.html",
        form=form,
        page=page,
        courses={course.row.id: course for course in courses},
        sent={field.name: field.data for field in form if field.data},
        states=STATES,
        export_url=url_for(_EXPORT) if _EXPORT in current_app.view_functions else "",
    )


def _build_filters(form: FilterForm, courses: Sequence[WrittenCourse]) -> CaseFilters:
    ids = {course.row.slug: course.row.id for course in courses}
    return CaseFilters(
        words=form.words.data or "",
        course_id=ids.get(form.course.data or ""),
        state=CaseState(form.state.data) if form.state.data else None,
        decision=form.decision.data or "",
        kind=form.kind.data or "",
        danger=form.danger.data or "",
        objective=_parse_in_course(form.objective.data, ids),
        hazard=_parse_in_course(form.hazard.data, ids),
        cites=find_cited_keys(courses, form.source.data or ""),
        age=Age(form.age.data) if form.age.data else None,
        flag=Flag(form.flag.data) if form.flag.data else None,
    )


def _parse_in_course(value: str | None, ids: dict[str, int]) -> InCourse | None:
    slug, _slash, id_ = (value or "").partition("/")
    return InCourse(ids[slug], id_) if id_ else None


@bp.post("/cases/drafts")
@requires(Permission.DRAFT_WRITE)
def start_drafts_of_cases() -> ResponseReturnValue:
    """Start a draft of each case that was chosen."""
    chosen = _read_chosen_cases()
    if chosen is None:
        return _return_to_list()
    ready = actions.prepare_files(db.session(), chosen.files)
    with unit_of_work() as session:
        started = actions.start_drafts(session, ready, actor=current_actor(), now=clock.now())
    drafts = [*started, *chosen.drafts]
    if len(drafts) == 1:
        return redirect(url_for(".edit_draft", public_id=drafts[0].public_id), 303)
    flash(ngettext("One draft is open.", "%(num)s drafts are open.", len(drafts)), "good")
    return redirect(url_for(".show_workbench"), 303)


@bp.post("/cases/review")
@requires(Permission.DRAFT_WRITE)
def ask_for_review_of_cases() -> ResponseReturnValue:
    """Go on to the page that asks about drafts or published cases, with the chosen ones checked."""
    chosen = _read_chosen_cases()
    if chosen is None:
        return _return_to_list()
    courses = [
        *(course for course, _path in chosen.files),
        *(draft.course for draft in chosen.drafts),
    ]
    if len({course.id for course in courses}) > 1:
        flash(_("Choose cases of one course. Reviewers are asked about one at a time."), "warn")
        return _return_to_list()
    if chosen.files and chosen.drafts:
        title = title_of_draft(chosen.drafts[0])
        flash(
            _(
                "“%(title)s” has a draft. Ask about drafts and about published cases separately.",
                title=title,
            ),
            "warn",
        )
        return _return_to_list()
    if chosen.files:
        names = [f"case:{PurePosixPath(path).stem}" for _course, path in chosen.files]
        return redirect(url_for(".list_texts_to_review", course=courses[0].slug, texts=names), 303)
    first, *others = (draft.public_id for draft in chosen.drafts)
    return redirect(url_for(".show_draft_review", public_id=first, also=others), 303)


def _return_to_list() -> ResponseReturnValue:
    """Go back to the list as it was filtered."""
    query = request.query_string.decode("ascii", "ignore")
    return redirect(f"{url_for('.list_cases')}?{query}".rstrip("?"), 303)


def _read_chosen_cases() -> ChosenCases | None:
    """Return the cases that were chosen; says so and returns None if there are none."""
    form = ChosenForm.from_request()
    chosen = find_chosen_cases(db.session(), current_actor(), form.document.data)
    if not chosen.files and not chosen.drafts:
        flash(_("Choose at least one case first."), "warn")
        return None
    return chosen
