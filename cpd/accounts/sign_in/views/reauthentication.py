"""The page that asks for the password again before what only the owner of the account may do."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from cpd.access.guard import requires
from cpd.access.permissions import Permission
from cpd.accounts.rules.redirects import site_path_or_none
from cpd.accounts.sign_in import form_checks, sessions
from cpd.accounts.sign_in.actions import PendingSignIn
from cpd.accounts.sign_in.form_checks import Denial
from cpd.accounts.sign_in.forms import ReauthenticationForm
from cpd.kernel import clock

bp = Blueprint("reauthentication", __name__)


@bp.get("/sign-in/again")
@requires(Permission.PROFILE_EDIT)
def show_form() -> ResponseReturnValue:
    """Ask for the password."""
    return _render_password_page(
        ReauthenticationForm(next=site_path_or_none(request.args.get("next")) or "")
    )


@bp.post("/sign-in/again")
@requires(Permission.PROFILE_EDIT)
def reauthenticate() -> ResponseReturnValue:
    """Replace this session with a new one, after the code if the person has an app."""
    form, now, email = (
        ReauthenticationForm.from_request(),
        clock.now(),
        sessions.current_person().email,
    )
    verified = form_checks.check_current_password(form, now=now)
    if isinstance(verified, Denial):
        return _render_password_page(form), *verified
    begun = sessions.begin_session_or_await_code(verified, now=now)
    if begun is None:
        denial = form_checks.deny_wrong_password(form)
        return _render_password_page(form), *denial
    if isinstance(begun, PendingSignIn):
        return sessions.redirect_to_code_page(begun, email, form.next.data, now=now)
    return sessions.redirect_with_new_session(begun, email, form.next.data)


def _render_password_page(form: ReauthenticationForm) -> str:
    return render_template("accounts/sign_in/reauthenticate.html", form=form)
