"""The gradebook of an assignment: its table, and hidden names."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from flask import abort, make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from cpd.access.guard import requires
from cpd.access.permissions import Permission
from cpd.db import Page, cut_page, db
from cpd.kernel import clock
from cpd.organisations.queries import find_scope_of_route
from cpd.schools.blueprint import bp
from cpd.schools.gradebook import labels, names_shown
from cpd.schools.gradebook.class_table import (
    add_sections,
    find_rows_without_sections,
    load_graded_course,
)
from cpd.schools.gradebook.forms import HIDE, NamesForm
from cpd.schools.gradebook.rules.listing import GradebookRow, Order, Showing, pick_rows
from cpd.schools.gradebook.table_cells import TableCells
from cpd.schools.pages import current_reach, find_assignment_or_404, render_school_page
from cpd.web.reading import read_page_number, read_query_value

ROWS_PER_PAGE = 50
ALL, DOWN = "all", "down"
_Choice = TypeVar("_Choice", Showing, Order)


@bp.get("/<string:slug>/assignments/<string:public_id>/gradebook")
@requires(Permission.GRADE_READ, within=find_scope_of_route)
def show_gradebook(slug: str, public_id: str) -> ResponseReturnValue:
    """Show how far everybody in the class of an assignment is."""
    del slug
    graded = load_graded_course(db.session(), find_assignment_or_404(public_id))
    is_employer = not graded.seen.has_exam
    showings = labels.SHOWINGS_FOR_EMPLOYER if is_employer else labels.SHOWINGS
    orders = labels.ORDERS_FOR_EMPLOYER if is_employer else labels.ORDERS
    showing = _read_choice("show", showings, Showing.EVERYONE)
    order = _read_choice("sort", orders, Order.NAME)
    is_descending = read_query_value("way") == DOWN
    has_names = not names_shown.are_names_hidden()
    session, reach = db.session(), current_reach()
    rows = find_rows_without_sections(session, reach, graded, now=clock.now())
    has_details = any(row.has_details for row in rows) or not is_employer
    page = _cut_page(
        pick_rows(rows, showing, order, is_descending=is_descending, has_names=has_names)
    )
    shown = add_sections(session, reach, graded, page.rows)
    return render_school_page(
        "schools/gradebook/gradebook.html",
        graded.assignment.cohort.school,
        graded=graded,
        is_employer=is_employer,
        title_of_course=graded.outline.course.title,
        counts=_count_rows(rows),
        page=replace(page, rows=shown),
        is_all=read_query_value("view") == ALL,
        has_details=has_details,
        cells=TableCells(graded, has_details=has_details),
        showing=showing,
        order=order,
        is_descending=is_descending,
        showings=showings,
        orders=orders,
        has_names=has_names,
    )


def _read_choice(name: str, offered: Mapping[_Choice, Any], usual: _Choice) -> _Choice:
    """Return what the query chooses of what is offered; the usual one for anything else."""
    chosen = read_query_value(name)
    return next((each for each in offered if each.value == chosen), usual)


def _count_rows(rows: list[GradebookRow]) -> Mapping[str, int]:
    return {
        "all": len(rows),
        "finished": sum(row.work_state.is_finished for row in rows),
        "late": sum(row.is_late for row in rows),
    }


def _cut_page(rows: list[GradebookRow]) -> Page[GradebookRow]:
    if read_query_value("view") == ALL:
        return Page(rows, number=1, pages=1, count=len(rows))
    return cut_page(rows, number=read_page_number(), size=ROWS_PER_PAGE) or abort(404)


@bp.post("/<string:slug>/assignments/<string:public_id>/gradebook/names")
@requires(Permission.GRADE_READ, within=find_scope_of_route)
def choose_names(slug: str, public_id: str) -> ResponseReturnValue:
    """Hide names in this browser, or show them again."""
    find_assignment_or_404(public_id)
    form = NamesForm.from_request()
    if not form.validate():
        abort(400)
    page = url_for(".show_gradebook", slug=slug, public_id=public_id)
    response = make_response(redirect(page, 303))
    if form.names.data == HIDE:
        names_shown.hide_names(response)
    else:
        names_shown.show_names(response)
    return response
