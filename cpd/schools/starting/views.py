"""The page on which somebody starts a school."""

from collections.abc import Callable

import flask_babel
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from cpd.access.guard import current_actor, reader_zone, requires
from cpd.access.permissions import Permission
from cpd.db import unit_of_work
from cpd.kernel import clock
from cpd.organisations.actions import SlugTakenError
from cpd.organisations.models import School
from cpd.schools.blueprint import bp
from cpd.schools.pages import CONFLICT, INVALID
from cpd.schools.rules.seats import MOST_STARTED, STARTED_SEATS
from cpd.schools.starting.actions import StartRefusal, start_school
from cpd.schools.starting.forms import StartSchoolForm

_: Callable[..., str] = flask_babel.gettext


@bp.get("/new")
@requires(Permission.SCHOOL_START)
def ask_new_school() -> ResponseReturnValue:
    """Ask what the school is called."""
    zone = reader_zone()
    return _render_page(StartSchoolForm(data={"time_zone": zone}, zone=zone))


@bp.post("/new")
@requires(Permission.SCHOOL_START)
def create_school() -> ResponseReturnValue:
    """Create the school, then lead to its page; the guard asks there for codes from an app."""
    form = StartSchoolForm.from_request(zone=reader_zone())
    if not form.validate():
        return _render_page(form), INVALID
    started = _start_school_unless_slug_taken(form)
    if isinstance(started, School):
        flash(_("Your school is set up."), "good")
        return redirect(url_for(".show_school", slug=started.slug), 303)
    form.name.errors = [_describe_refusal(started)]
    return _render_page(form), CONFLICT


def _start_school_unless_slug_taken(form: StartSchoolForm) -> School | StartRefusal:
    try:
        with unit_of_work() as session:
            return start_school(
                session, form.entered_school, actor=current_actor(), now=clock.now()
            )
    except SlugTakenError:
        return StartRefusal.NAME_IN_USE


def _describe_refusal(refusal: StartRefusal) -> str:
    if refusal is StartRefusal.TOO_MANY:
        return _(
            "You have already started %(num)s schools. Use one of them, or ask the administrator "
            "of this site to set up another.",
            num=MOST_STARTED,
        )
    return _("Other schools have this name. Add the town, or another word.")


def _render_page(form: StartSchoolForm) -> str:
    return render_template("schools/starting/new_school.html", form=form, seats=STARTED_SEATS)
