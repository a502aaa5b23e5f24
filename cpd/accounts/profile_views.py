"""One's own account: names, time zone, licences, password, sessions."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission, Scope
from cpd.accounts import actions, answers, confirming, credentials, passwords, queries, sessions
from cpd.accounts.actions import Printed, Profile, Refusal
from cpd.accounts.answers import Denied
from cpd.accounts.forms import (
    ROLE_WORDS,
    ChangePasswordForm,
    LicenceForm,
    PrintedForm,
    ProfileForm,
)
from cpd.accounts.models import EndReason, Person
from cpd.accounts.rules.browsers import browser_words
from cpd.accounts.rules.redirects import safe_path
from cpd.accounts.tries import Proof
from cpd.config import current_settings
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.provider import current
from cpd.web.forms import NoFields

bp = Blueprint("profile", __name__, url_prefix="/profile")


@bp.get("")
@requires(Permission.PROFILE_EDIT)
def show() -> ResponseReturnValue:
    """Show what the person says about themselves, ready to be changed."""
    return _page(_person(), wanted=safe_path(request.args.get("next")) or "")


@bp.post("")
@requires(Permission.PROFILE_EDIT)
def change() -> ResponseReturnValue:
    """Keep names and time zone."""
    person = _person()
    form = ProfileForm.sent(zone=person.time_zone)
    if not form.validate():
        return _page(person, profile=form), answers.WRONG
    profile = Profile(
        name=form.name.data or "",
        legal_name=form.legal_name.data or "",
        time_zone=form.time_zone.data or person.time_zone,
    )
    with unit_of_work() as session:
        actions.change_profile(session, profile, actor=current_actor(), now=clock.now())
    flash(_("Your profile is saved."), "good")
    return redirect(safe_path(form.next.data) or url_for(".show"))


@bp.post("/licences")
@requires(Permission.PROFILE_EDIT)
def add_licence() -> ResponseReturnValue:
    """Add a licence."""
    form = LicenceForm.sent()
    if not form.validate():
        return _page(_person(), licence=form), answers.WRONG
    with unit_of_work() as session:
        refusal = actions.add_licence(
            session,
            authority=form.authority.data or "",
            number=form.number.data or "",
            actor=current_actor(),
            now=clock.now(),
        )
    if refusal is not None:
        form.form_errors.append(str(_LICENCE_WORDS[refusal]))
        return _page(_person(), licence=form), answers.WRONG
    flash(_("The licence is added."), "good")
    return redirect(url_for(".show"))


_LICENCE_WORDS = {
    Refusal.LICENCE_KNOWN: _l("This licence stands in your profile already."),
    Refusal.TOO_MANY_LICENCES: _l("A profile holds 20 licences at most. Remove one first."),
}


@bp.post("/licences/<string:public_id>/removal")
@requires(Permission.PROFILE_EDIT)
def remove_licence(public_id: str) -> ResponseReturnValue:
    """Remove a licence of one's own."""
    NoFields.sent()
    licence = queries.own_licence(db.session(), current_actor(), public_id) or abort(404)
    with unit_of_work() as session:
        actions.remove_licence(session, licence.id, actor=current_actor(), now=clock.now())
    flash(_("The licence is removed. Certificates that name it stay as they are."), "good")
    return redirect(url_for(".show"))


@bp.get("/printed")
@requires(Permission.PROFILE_EDIT)
def printed() -> ResponseReturnValue:
    """Ask what certificates are to print, before the first exam."""
    person, wanted = _person(), safe_path(request.args.get("next")) or ""
    known = person.licences[0] if person.licences else None
    form = PrintedForm(
        zone=person.time_zone,
        time_zone=person.time_zone,
        legal_name=person.legal_name,
        without=person.without_licence,
        authority=known.authority if known else "",
        number=known.number if known else "",
        next=wanted,
    )
    return _printed_page(form)


@bp.post("/printed")
@requires(Permission.PROFILE_EDIT)
def keep_printed() -> ResponseReturnValue:
    """Keep the legal name with a licence, or that there is none, and lead back to the exam."""
    form = PrintedForm.sent(zone=_person().time_zone)
    if not form.validate():
        return _printed_page(form), answers.WRONG
    stated = Printed(
        legal_name=form.legal_name.data or "",
        time_zone=form.time_zone.data,
        authority=form.authority.data or "",
        number=form.number.data or "",
    )
    with unit_of_work() as session:
        actions.state_printed(session, stated, actor=current_actor(), now=clock.now())
    flash(
        _("It is kept. Your certificates print this name, and their date follows your time zone."),
        "good",
    )
    return redirect(safe_path(form.next.data) or url_for(".show"))


def _printed_page(form: PrintedForm) -> str:
    return render_template("accounts/printed.html", form=form)


def _person() -> Person:
    return queries.own_account(db.session(), current_actor())


def _page(
    person: Person,
    *,
    profile: ProfileForm | None = None,
    licence: LicenceForm | None = None,
    wanted: str = "",
) -> str:
    return render_template(
        "accounts/profile.html",
        person=person,
        form=profile or licence,
        profile=profile or ProfileForm(obj=person, next=wanted, zone=person.time_zone),
        licence=licence or LicenceForm(),
        schools=[it for it in person.roles if it.school and _opens(it.scope)],
        words=ROLE_WORDS,
    )


def _opens(school: Scope) -> bool:
    """Tell whether a school's page opens to the person, if need be on the way past the codes."""
    actor, permission = current_actor(), Permission.SCHOOL_READ
    return actor.may(permission, within=school) or actor.may_with_codes(permission, within=school)


@bp.get("/password")
@requires(Permission.PROFILE_EDIT)
def password() -> ResponseReturnValue:
    """Ask for the current and the new password."""
    return _password_page(ChangePasswordForm())


@bp.post("/password")
@requires(Permission.PROFILE_EDIT)
def change_password() -> ResponseReturnValue:
    """Change the password and sign out everywhere else; guesses are limited as at the door."""
    me, now, site = sessions.myself(), clock.now(), current_settings()
    form = ChangePasswordForm.sent(about=(me.email, me.name, current.provider().name, site.host))
    if not form.validate():
        return _password_page(form), answers.WRONG
    try:
        new_hash = passwords.hash_of(form.password.data or "")
    except passwords.BusyError:
        headers = answers.busy(form)
        return _password_page(form), answers.BUSY, headers
    found = confirming.confirm(form, now=now)
    token = _change(found, new_hash) if isinstance(found, Proof) else None
    if token is None:
        denied = found if isinstance(found, Denied) else confirming.deny(form)
        return _password_page(form), denied.status, denied.headers
    sessions.remember(token)
    flash(_("Your password is changed. Other browsers are signed out."), "good")
    return redirect(url_for(".show"))


def _change(proof: Proof, new_hash: str) -> str | None:
    with unit_of_work() as session:
        return credentials.change_password(
            session,
            proof,
            new_hash,
            actor=current_actor(),
            browser=browser_words(request.user_agent.string),
            now=clock.now(),
        )


def _password_page(form: ChangePasswordForm) -> str:
    return render_template("accounts/password.html", form=form)


@bp.get("/sessions")
@requires(Permission.SESSION_END)
def list_sessions() -> ResponseReturnValue:
    """List where the person is signed in."""
    found = queries.own_sessions(db.session(), current_actor(), now=clock.now())
    return render_template(
        "accounts/sessions.html", sessions=found, here=sessions.myself().session_id
    )


@bp.post("/sessions/<string:public_id>/ending")
@requires(Permission.SESSION_END)
def end_session(public_id: str) -> ResponseReturnValue:
    """Sign out one browser of one's own."""
    NoFields.sent()
    actor, now = current_actor(), clock.now()
    found = queries.own_session(db.session(), actor, public_id, now=now) or abort(404)
    with unit_of_work() as session:
        credentials.end_sessions(
            session, found.person_id, only=found.id, reason=EndReason.ENDED_BY_PERSON, now=now
        )
    if found.id == sessions.myself().session_id:
        sessions.forget()
        return redirect(url_for("accounts.sign_in"))
    flash(_("That browser is signed out."), "good")
    return redirect(url_for(".list_sessions"))


@bp.post("/sessions/ending")
@requires(Permission.SESSION_END)
def end_other_sessions() -> ResponseReturnValue:
    """Sign out every other browser of one's own."""
    NoFields.sent()
    me = sessions.myself()
    with unit_of_work() as session:
        ended = credentials.end_sessions(
            session,
            me.person_id,
            but=me.session_id,
            reason=EndReason.ENDED_BY_PERSON,
            now=clock.now(),
        )
    flash(
        ngettext("Signed out of one browser.", "Signed out of %(num)s browsers.", ended)
        if ended
        else _("You were signed in nowhere else."),
        "good",
    )
    return redirect(url_for(".list_sessions"))
