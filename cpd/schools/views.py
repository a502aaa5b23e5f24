"""The home page of a school, who belongs to it, and its settings."""

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, current_scope, requires
from cpd.access.permissions import Permission
from cpd.accounts import queries as accounts
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.organisations import actions, queries
from cpd.organisations.models import School
from cpd.organisations.queries import find_scope_of_route
from cpd.schools import hooks
from cpd.schools.blueprint import bp
from cpd.schools.cohorts.queries import find_people_page
from cpd.schools.forms import SchoolForm, SeatsForm
from cpd.schools.pages import INVALID, current_reach, find_current_school, render_school_page
from cpd.web.reading import read_page_number


@bp.get("/<string:slug>")
@requires(Permission.SCHOOL_READ, within=find_scope_of_route)
def show_school(slug: str) -> ResponseReturnValue:
    """Show what is to be done in a school, for those who look after it or teach in it."""
    del slug  # the guard has turned it into the scope
    session, reach = db.session(), current_reach()
    school = find_current_school()
    return render_school_page(
        "schools/school.html",
        school,
        reach=reach,
        member_count=queries.count_members_by_school(session, reach.scope).get(school.id, 0),
        panels=[panel for panel in hooks.home_panels(session, current_actor(), reach) if panel],
    )


@bp.get("/<string:slug>/people")
@requires(Permission.SCHOOL_READ, within=find_scope_of_route)
def list_people(slug: str) -> ResponseReturnValue:
    """List who belongs to a school, or for instructors, who is in their classes."""
    del slug
    session, reach = db.session(), current_reach()
    page = find_people_page(session, reach, page=read_page_number()) or abort(404)
    return render_school_page(
        "schools/people.html",
        find_current_school(),
        reach=reach,
        page=page,
        names=accounts.find_names_by_subject(session, [member.subject for member in page.rows]),
    )


@bp.get("/<string:slug>/settings")
@requires(Permission.SCHOOL_EDIT, within=find_scope_of_route)
def ask_settings(slug: str) -> ResponseReturnValue:
    """Show what can be changed about a school."""
    del slug
    school = find_current_school()
    return _render_settings(school, _build_school_form(school), _build_seats_form(school))


@bp.post("/<string:slug>/settings")
@requires(Permission.SCHOOL_EDIT, within=find_scope_of_route)
def change_settings(slug: str) -> ResponseReturnValue:
    """Give a school another name or time zone."""
    school = find_current_school()
    form = SchoolForm.from_request(zone=school.time_zone)
    if not form.validate():
        return _render_settings(school, form, _build_seats_form(school)), INVALID
    with unit_of_work() as session:
        actions.change_school(
            session,
            current_scope(),
            form.name.data or "",
            form.time_zone.data or "",
            actor=current_actor(),
            now=clock.now(),
        )
    flash(_("Saved."), "good")
    return redirect(url_for(".ask_settings", slug=slug), 303)


@bp.post("/<string:slug>/seats")
@requires(Permission.SEATS_CHANGE, within=find_scope_of_route)
def change_seats(slug: str) -> ResponseReturnValue:
    """Set how many people may belong to a school."""
    school, form = find_current_school(), SeatsForm.from_request()
    if not form.validate():
        return _render_settings(school, _build_school_form(school), form), INVALID
    with unit_of_work() as session:
        actions.change_seats(
            session, current_scope(), form.seats.data, actor=current_actor(), now=clock.now()
        )
    flash(_("Saved."), "good")
    return redirect(url_for(".ask_settings", slug=slug), 303)


def _build_school_form(school: School) -> SchoolForm:
    data = {"name": school.name, "time_zone": school.time_zone}
    return SchoolForm(data=data, zone=school.time_zone)


def _build_seats_form(school: School) -> SeatsForm:
    return SeatsForm(data={"seats": school.seats})


def _render_settings(school: School, form: SchoolForm, seats_form: SeatsForm) -> str:
    may_change_seats = current_actor().may(Permission.SEATS_CHANGE, within=school.scope)
    return render_school_page(
        "schools/settings.html",
        school,
        form=form,
        seats_form=seats_form,
        may_change_seats=may_change_seats,
        wrong_form=form if form.errors else seats_form,
    )
