"""Saying again that it is you, before what changes who may do what."""

from flask import Blueprint, make_response, redirect, render_template
from flask import request as asked
from flask.typing import ResponseReturnValue

from cpd.access.guard import requires
from cpd.access.permissions import Permission
from cpd.accounts.sign_in import form_checks as answers, actions as credentials, known_browsers as devices, sessions
from cpd.accounts import confirming
from cpd.accounts.mfa import views as second_factor_views
from cpd.accounts.sign_in.form_checks import Denied
from cpd.accounts.sign_in.actions import Half
from cpd.accounts.profile.forms import ProveForm
from cpd.accounts.sign_in.rules.browsers import browser_words
from cpd.accounts.rules.redirects import safe_path
from cpd.db import unit_of_work
from cpd.kernel import clock

bp = Blueprint("prove", __name__)


@bp.get("/sign-in/again")
@requires(Permission.PROFILE_EDIT)
def ask() -> ResponseReturnValue:
    """Ask for the password."""
    return _page(ProveForm(next=safe_path(asked.args.get("next")) or ""))


@bp.post("/sign-in/again")
@requires(Permission.PROFILE_EDIT)
def prove() -> ResponseReturnValue:
    """Begin a fresh session in place of this one, after the code where codes are on."""
    form, now, me = ProveForm.sent(), clock.now(), sessions.myself()
    if not form.validate():
        return _page(form), answers.WRONG
    proof = confirming.confirm(form, now=now)
    if isinstance(proof, Denied):
        return _page(form), proof.status, proof.headers
    with unit_of_work() as session:
        begun = credentials.sign_in(
            session,
            proof,
            browser=browser_words(asked.user_agent.string),
            replacing=sessions.token(),
            now=now,
        )
    if begun is None:
        denied = confirming.deny(form)
        return _page(form), denied.status, denied.headers
    if isinstance(begun, Half):
        return second_factor_views.ask_for_code(begun, me.email, form.next.data, now=now)
    response = make_response(redirect(safe_path(form.next.data) or "/", 303))
    sessions.remember(begun)
    devices.remember(response, me.email)
    return response


def _page(form: ProveForm) -> str:
    return render_template("accounts/prove.html", form=form)
