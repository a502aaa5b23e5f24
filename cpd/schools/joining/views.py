"""Joining a class by a code or an invitation, and leaving a school."""

from collections.abc import Callable

import flask_babel
from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from cpd.access.guard import current_actor, public, requires
from cpd.access.permissions import Permission
from cpd.accounts.sign_in.throttle import Throttled
from cpd.accounts.sign_up.actions import grant_proven_address
from cpd.accounts.sign_up.cookie import keep_grant_in_cookie
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.organisations.models import Membership, School
from cpd.organisations.queries import find_scope_of_route
from cpd.schools.blueprint import bp
from cpd.schools.cohorts.models import Cohort
from cpd.schools.joining import actions, queries
from cpd.schools.joining.actions import JoinRefusal
from cpd.schools.joining.forms import EnterCodeForm
from cpd.schools.joining.join_attempts import find_code_within_limits
from cpd.schools.joining.models import JoinCode
from cpd.schools.pages import CONFLICT, INVALID, find_learner_or_404
from cpd.schools.roster import queries as roster
from cpd.schools.roster.models import RosterEntry
from cpd.web.errors import add_retry_error, refuse_until
from cpd.web.forms import NoFields

THROTTLED = 429

_: Callable[..., str] = flask_babel.gettext

# By a code


@bp.get("/join")
@public
def ask_code() -> ResponseReturnValue:
    """Ask for a code."""
    return _render_code_page(EnterCodeForm())


@bp.post("/join")
@public
def enter_code() -> ResponseReturnValue:
    """Lead to the page of a code, if it works."""
    form = EnterCodeForm.from_request()
    if not form.validate():
        return _render_code_page(form), INVALID
    code, now = form.entered_code, clock.now()
    found = None if code is None else find_code_within_limits(code, now=now)
    if isinstance(found, Throttled):
        headers = add_retry_error(form, _describe_throttling(), found.until, now=now)
        return _render_code_page(form), THROTTLED, headers
    if found is None:
        form.code.errors = [_("This code does not work. Compare it with your poster or slip.")]
        return _render_code_page(form), INVALID
    return redirect(url_for(".ask_to_join", code=code), 303)


@bp.get("/join/<string:code>")
@public
def ask_to_join(code: str) -> ResponseReturnValue:
    """Say what joining a class means; opening the page changes nothing."""
    return _render_join_page(_find_code_or_refuse(code))


@bp.post("/join/<string:code>")
@requires(Permission.PROFILE_EDIT)
def join(code: str) -> ResponseReturnValue:
    """Join a class."""
    NoFields.from_request()
    found, actor = _find_code_or_refuse(code), current_actor()
    with unit_of_work() as session:
        joined = actions.join_by_code(session, code, actor=actor, now=clock.now())
    if isinstance(joined, Cohort):
        flash(_("You have joined the class."), "good")
        return redirect("/", 303)
    return _render_join_page(found, _describe_refusal(joined)), CONFLICT


def _find_code_or_refuse(code: str) -> JoinCode:
    """Return the code in the address; raises NotFound, or TooManyRequests after many guesses."""
    now = clock.now()
    found = find_code_within_limits(code, now=now)
    if isinstance(found, Throttled):
        refuse_until(_describe_throttling(), found.until, now=now)
    if found is None:
        abort(404, _("This code no longer works. Ask whoever gave it to you for a new one."))
    return found


def _describe_throttling() -> str:
    return _("Too many wrong codes were tried here.")


def _render_code_page(form: EnterCodeForm) -> str:
    actor = current_actor()
    schools = queries.find_own_schools(db.session(), actor.subject) if actor.is_signed_in else ()
    return render_template("schools/joining/enter_code.html", form=form, schools=schools)


def _render_join_page(code: JoinCode, refusal: str = "") -> str:
    return render_template(
        "schools/joining/by_code.html",
        cohort=code.cohort,
        refusal=refusal,
        is_signed_in=current_actor().is_signed_in,
    )


# By an invitation


@bp.get("/join/invitation/<string:token>")
@public
def show_invitation(token: str) -> ResponseReturnValue:
    """Say what joining a school means; only that the link was opened is written down."""
    entry = _find_invitation_or_404(token)
    if entry.opened_at is None:
        with unit_of_work() as session:
            actions.record_opening(session, token, now=clock.now())
        entry = _find_invitation_or_404(token)
    return _render_invitation(entry, token)


@bp.post("/join/invitation/<string:token>")
@requires(Permission.PROFILE_EDIT)
def accept_invitation(token: str) -> ResponseReturnValue:
    """Join the school that has invited the reader."""
    NoFields.from_request()
    _find_invitation_or_404(token)
    actor = current_actor()
    with unit_of_work() as session:
        joined = actions.accept_invitation(session, token, actor=actor, now=clock.now())
    if isinstance(joined, School):
        flash(_("You have joined %(school)s.", school=joined.name), "good")
        return redirect("/", 303)
    return _render_invitation(
        _find_invitation_or_404(token), token, _describe_refusal(joined)
    ), CONFLICT


@bp.post("/join/invitation/<string:token>/account")
@public
def open_account_by_invitation(token: str) -> ResponseReturnValue:
    """Lead to name and password: the link has proven that its reader reads the address."""
    NoFields.from_request()
    entry = _find_invitation_or_404(token)
    if queries.has_account(db.session(), entry.email):
        return redirect(url_for(".show_invitation", token=token), 303)
    with unit_of_work() as session:
        grant = grant_proven_address(session, entry.email, now=clock.now())
    keep_grant_in_cookie(grant, location=url_for(".show_invitation", token=token))
    return redirect(url_for("accounts.sign_up.ask_account"), 303)


@bp.post("/join/invitation/<string:token>/refusal")
@public
def decline_invitation(token: str) -> ResponseReturnValue:
    """Write down that somebody does not want to join."""
    NoFields.from_request()
    with unit_of_work() as session:
        has_declined = actions.decline_invitation(session, token, now=clock.now())
    if not has_declined:
        _find_invitation_or_404(token)
    flash(_("You have not joined, and the school will see that you declined."), "good")
    return redirect("/", 303)


def _find_invitation_or_404(token: str) -> RosterEntry:
    entry = queries.find_invitation_by_token(db.session(), token, now=clock.now())
    if entry is None:
        abort(404, _("This invitation is no longer open: it was accepted, withdrawn or replaced."))
    return entry


def _render_invitation(entry: RosterEntry, token: str, refusal: str = "") -> str:
    session = db.session()
    return render_template(
        "schools/joining/by_invitation.html",
        entry=entry,
        classes=roster.find_classes_to_enter(session, entry.school.scope, entry),
        token=token,
        refusal=refusal,
        has_account=queries.has_account(session, entry.email),
        is_signed_in=current_actor().is_signed_in,
    )


def _describe_refusal(refusal: JoinRefusal) -> str:
    if refusal is JoinRefusal.FULL:
        return _("The school has no free seats. Let the person who invited you know.")
    if refusal is JoinRefusal.CLOSED:
        return _("The school is closed, so nobody new can join.")
    if refusal is JoinRefusal.LEFT:
        return _(
            "You have left this school, or were removed from it, since this code was created. "
            "Ask the school for an invitation or a new code."
        )
    return _("All seats are taken, or the time to join is over. Ask whoever gave you this.")


# Leaving


@bp.get("/<string:slug>/leaving")
@requires(Permission.PROFILE_EDIT)
def ask_to_leave(slug: str) -> ResponseReturnValue:
    """Ask somebody whether they want to leave a school."""
    return _render_leave_page(_find_own_membership_or_404(slug))


@bp.post("/<string:slug>/leaving")
@requires(Permission.PROFILE_EDIT)
def leave_school(slug: str) -> ResponseReturnValue:
    """Let somebody leave a school."""
    NoFields.from_request()
    member, actor = _find_own_membership_or_404(slug), current_actor()
    with unit_of_work() as session:
        actions.leave(session, member, actor=actor, now=clock.now())
    flash(_("You have left the school."), "good")
    return redirect("/", 303)


def _find_own_membership_or_404(slug: str) -> Membership:
    subject = current_actor().subject
    return queries.find_own_membership_by_slug(db.session(), slug, subject) or abort(404)


def _render_leave_page(member: Membership) -> str:
    return render_template("schools/joining/leave.html", school=member.school, form=NoFields())


@bp.post("/<string:slug>/people/<string:public_id>/removal")
@requires(Permission.ROSTER_EDIT, within=find_scope_of_route)
def remove_person(slug: str, public_id: str) -> ResponseReturnValue:
    """Remove somebody from the school."""
    NoFields.from_request()
    member, actor = find_learner_or_404(public_id), current_actor()
    with unit_of_work() as session:
        actions.leave(session, member, actor=actor, now=clock.now())
    flash(_("The person is removed. The work done for your school is kept."), "good")
    return redirect(url_for(".list_people", slug=slug), 303)
