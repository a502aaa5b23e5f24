"""Updating a class from a list: paste it, see what it would change, and do exactly that."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, current_scope, requires
from cpd.access.permissions import Permission
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.organisations.queries import find_scope_of_route
from cpd.schools.blueprint import bp
from cpd.schools.cohorts.models import Cohort
from cpd.schools.files.labels import PERSON_FIELDS, describe_faulty_cell, describe_refusal
from cpd.schools.files.rules.file_faults import FileRefusedError
from cpd.schools.files.rules.layouts import Layout, guess_layout
from cpd.schools.files.rules.people import PeopleRead, read_people
from cpd.schools.files.rules.reviewing import Choices
from cpd.schools.files.rules.table_reading import read_table
from cpd.schools.files.rules.tables import Table
from cpd.schools.pages import (
    INVALID,
    current_reach,
    find_cohort_or_404,
    find_current_school,
    render_school_page,
)
from cpd.schools.roster import actions, labels, queries
from cpd.schools.roster.actions import ReadList, RosterRefusal
from cpd.schools.roster.forms import (
    MOST_PAIRS,
    MOST_TICKS,
    ListForm,
    ListReviewForm,
    build_list_review_form,
)
from cpd.schools.roster.rules.planning import Known, Plan, plan_update
from cpd.web.reading import MOST_CARRIED, read_uploaded_file

MOST_SHOWN = 200
_LIST = "/<string:slug>/classes/<string:public_id>/list"


@bp.get(_LIST)
@requires(Permission.ROSTER_EDIT, within=find_scope_of_route)
def ask_for_list(slug: str, public_id: str) -> ResponseReturnValue:
    """Ask for the list of a class."""
    del slug
    return _render_list_page(find_cohort_or_404(public_id), ListForm())


@bp.post(_LIST)
@requires(Permission.ROSTER_EDIT, within=find_scope_of_route)
def show_list(slug: str, public_id: str) -> ResponseReturnValue:
    """Show how a list was understood, and what it would change; nothing is stored."""
    del slug
    cohort, form = find_cohort_or_404(public_id), ListForm.from_request()
    contents = _read_list(form)
    if form.errors:
        return _render_list_page(cohort, form), INVALID
    return _show_review(cohort, contents, Choices())


@bp.post(f"{_LIST}/preview")
@requires(Permission.ROSTER_EDIT, within=find_scope_of_route)
def show_list_again(slug: str, public_id: str) -> ResponseReturnValue:
    """Show what a list would change with other choices; nothing is stored."""
    del slug
    cohort, form = find_cohort_or_404(public_id), ListReviewForm.from_request()
    return _show_review(
        cohort,
        form.read_contents(),
        form.read_choices(),
        ticked=form.ticked,
    )


@bp.post(f"{_LIST}/update")
@requires(Permission.ROSTER_EDIT, within=find_scope_of_route)
def update_class(slug: str, public_id: str) -> ResponseReturnValue:
    """Do what the preview shows."""
    cohort, form = find_cohort_or_404(public_id), ListReviewForm.from_request()
    contents, choices = form.read_contents(), form.read_choices()
    try:
        opened = _open_list(contents, choices)
    except FileRefusedError as refused:
        return _refuse_list(cohort, refused)
    given = ReadList(
        opened.people,
        form.digest.data,
        queries.compute_titles_digest(opened.table, opened.layout),
        opened.layout.columns,
        _find_pairs_or_404(cohort, choices),
        frozenset(form.leave.data),
        frozenset(form.move.data),
    )
    reach, actor = current_reach(), current_actor()
    with unit_of_work() as session:
        done = actions.update_class_list(
            session, reach, public_id, given, actor=actor, now=clock.now()
        )
        if done is RosterRefusal.OUT_OF_REACH:
            abort(404)
    if isinstance(done, RosterRefusal):
        return _show_review(cohort, contents, choices, ticked=form.ticked, refusal=done)
    flash(
        _("The class is updated. Everyone who is new will get an email with a link to join."),
        "good",
    )
    return redirect(url_for(".show_class", slug=slug, public_id=public_id), 303)


@dataclass(frozen=True)
class _OpenList:
    """A list as it was understood."""

    table: Table
    layout: Layout
    people: PeopleRead


def _read_list(form: ListForm) -> bytes:
    """Return the list that was pasted or chosen; the form now says what is wrong, if anything."""
    contents = read_uploaded_file(form.file.name) or (form.text.data or "").strip("\r\n").encode()
    if not contents.strip():
        form.text.errors = [_("Paste the list, or choose a file that is not empty.")]
    elif len(contents) > MOST_CARRIED:
        form.file.errors = [_("The list is larger than 700 kB. Split it into two lists.")]
    return contents


def _open_list(contents: bytes, choices: Choices) -> _OpenList:
    """Understand a list, with columns that the school has confirmed; raises FileRefusedError."""
    table = read_table(contents, sheet=choices.sheet)
    layout = guess_layout(table)
    columns = choices.columns
    if columns is None and (digest := queries.compute_titles_digest(table, layout)):
        columns = queries.find_remembered_columns(db.session(), current_scope(), digest)
    if columns is not None:
        layout = Layout(layout.header_line, columns)
    return _OpenList(table, layout, read_people(table, layout))


def _find_pairs_or_404(cohort: Cohort, choices: Choices) -> dict[int, str]:
    """Return who was chosen for which rows; nobody outside the school can be."""
    pairs = {line: key for line, key in choices.pairs.items() if key}
    if pairs:
        known = {each.key for each in queries.find_known(db.session(), current_reach(), cohort)}
        if not known.issuperset(pairs.values()):
            abort(404)
    return pairs


def _show_review(
    cohort: Cohort,
    contents: bytes,
    choices: Choices,
    *,
    ticked: Collection[str] = (),
    refusal: RosterRefusal | None = None,
) -> ResponseReturnValue:
    try:
        opened = _open_list(contents, choices)
    except FileRefusedError as refused:
        return _refuse_list(cohort, refused)
    known = queries.find_known(db.session(), current_reach(), cohort)
    paired = _find_pairs_or_404(cohort, choices)
    plan = plan_update(opened.people, known, paired)
    school = find_current_school()
    page = render_school_page(
        "schools/roster/review.html",
        school,
        cohort=cohort,
        form=build_list_review_form(contents, opened.table, opened.layout, plan.digest),
        ticked=ticked,
        kinds=PERSON_FIELDS,
        table=opened.table,
        plan=plan,
        paired=paired,
        free=_find_people_to_pair(known, plan, paired),
        free_seats=actions.count_free_seats(db.session(), school),
        refusal=None if refusal is None else labels.REFUSALS[refusal],
        faults=[describe_faulty_cell(fault) for fault in plan.faults],
        refused=[labels.describe_refused_row(row) for row in plan.refused],
        most_shown=MOST_SHOWN,
        most_pairs=MOST_PAIRS,
        most_ticks=MOST_TICKS,
    )
    return page, HTTPStatus.OK if refusal is None else HTTPStatus.CONFLICT


def _find_people_to_pair(
    known: Sequence[Known], plan: Plan, paired: Mapping[int, str]
) -> list[Known]:
    """Return who has joined without being on the list: a row may be about one of them."""
    named = {step.known.key for step in plan.steps if step.known} - set(paired.values())
    joined = [each for each in known if not each.is_listed and each.key not in named]
    return joined[:MOST_PAIRS]


def _refuse_list(cohort: Cohort, refused: FileRefusedError) -> ResponseReturnValue:
    form = ListForm()
    form.text.errors = [describe_refusal(refused)]
    return _render_list_page(cohort, form), INVALID


def _render_list_page(cohort: Cohort, form: ListForm) -> str:
    return render_school_page(
        "schools/roster/paste.html", find_current_school(), cohort=cohort, form=form
    )
