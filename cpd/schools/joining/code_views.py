"""The codes of a class, and their posters and slips."""

from datetime import timedelta

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.mail.emails import build_site_url
from cpd.organisations.queries import find_scope_of_route
from cpd.schools.blueprint import bp
from cpd.schools.cohorts.actions import CohortRefusal
from cpd.schools.cohorts.models import Cohort
from cpd.schools.joining import actions, queries
from cpd.schools.joining.forms import MakeCodeForm
from cpd.schools.joining.models import JoinCode
from cpd.schools.joining.rules.join_codes import format_join_code
from cpd.schools.pages import (
    CONFLICT,
    INVALID,
    current_reach,
    find_cohort_or_404,
    find_current_school,
    render_school_page,
)
from cpd.web.forms import NoFields
from cpd.web.qr_codes import draw_qr_code_as_data_uri
from cpd.web.reading import read_page_number

SLIPS = 24


@bp.get("/<string:slug>/classes/<string:public_id>/codes")
@requires(Permission.ROSTER_EDIT, within=find_scope_of_route)
def list_codes(slug: str, public_id: str) -> ResponseReturnValue:
    """List the codes of a class."""
    del slug
    return _render_codes(find_cohort_or_404(public_id), MakeCodeForm())


@bp.post("/<string:slug>/classes/<string:public_id>/codes")
@requires(Permission.ROSTER_EDIT, within=find_scope_of_route)
def make_code(slug: str, public_id: str) -> ResponseReturnValue:
    """Make a code with which people join a class."""
    cohort, form = find_cohort_or_404(public_id), MakeCodeForm.from_request()
    if not form.validate():
        return _render_codes(cohort, form), INVALID
    lasts, seats, reach = timedelta(days=form.days.data or 1), form.seats.data or 1, current_reach()
    actor, now = current_actor(), clock.now()
    with unit_of_work() as session:
        made = actions.make_code(
            session, reach, public_id, seats=seats, lasts=lasts, actor=actor, now=now
        )
        if made is CohortRefusal.OUT_OF_REACH:
            abort(404)
    if isinstance(made, CohortRefusal):
        form.seats.errors = [_("This class is archived, so nobody new can join.")]
        return _render_codes(cohort, form), CONFLICT
    return redirect(url_for(".list_codes", slug=slug, public_id=public_id), 303)


@bp.post("/<string:slug>/codes/<string:public_id>/end")
@requires(Permission.ROSTER_EDIT, within=find_scope_of_route)
def end_code(slug: str, public_id: str) -> ResponseReturnValue:
    """Let nobody else join with a code."""
    NoFields.from_request()
    code, actor = _find_code_or_404(public_id), current_actor()
    with unit_of_work() as session:
        actions.end_code(session, code, actor=actor, now=clock.now())
    flash(_("Nobody else can join with this code."), "good")
    return redirect(url_for(".list_codes", slug=slug, public_id=code.cohort.public_id), 303)


@bp.get("/<string:slug>/codes/<string:public_id>/poster")
@requires(Permission.ROSTER_EDIT, within=find_scope_of_route)
def show_poster(slug: str, public_id: str) -> ResponseReturnValue:
    """Show a code as a poster to print."""
    del slug
    return _render_print_page("poster", _find_code_or_404(public_id))


@bp.get("/<string:slug>/codes/<string:public_id>/slips")
@requires(Permission.ROSTER_EDIT, within=find_scope_of_route)
def show_slips(slug: str, public_id: str) -> ResponseReturnValue:
    """Show a code on slips to print and hand out."""
    del slug
    return _render_print_page("slips", _find_code_or_404(public_id))


def _find_code_or_404(public_id: str) -> JoinCode:
    return queries.find_join_code(db.session(), current_reach(), public_id) or abort(404)


def _render_codes(cohort: Cohort, form: MakeCodeForm) -> str:
    page = queries.find_join_codes_page(
        db.session(), current_reach(), cohort, page=read_page_number()
    )
    return render_school_page(
        "schools/joining/codes.html",
        find_current_school(),
        cohort=cohort,
        form=form,
        page=page or abort(404),
        now=clock.now(),
        format_join_code=format_join_code,
    )


def _render_print_page(template: str, code: JoinCode) -> str:
    address = build_site_url("schools.ask_to_join", code=code.code)
    return render_school_page(
        f"schools/joining/{template}.html",
        code.cohort.school,
        cohort=code.cohort,
        code=code,
        address=build_site_url("schools.ask_code").partition("://")[2],
        qr_code=draw_qr_code_as_data_uri(address) if template == "poster" else "",
        count=min(code.seats, SLIPS),
        format_join_code=format_join_code,
    )
