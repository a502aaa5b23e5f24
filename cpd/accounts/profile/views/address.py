"""The pages for changing an email address: the password, then a code sent to the new address.

Only the person who asked, while signed in, can verify the address. So an email to a mistyped
address is of no use to its reader.
"""

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.accounts.people.actions import AddressTakenError
from cpd.accounts.profile import actions
from cpd.accounts.profile.forms import ChangeAddressForm
from cpd.accounts.sign_in import form_checks, known_browsers, sessions
from cpd.accounts.sign_in.form_checks import Denial
from cpd.accounts.sign_in.password_check import VerifiedPassword
from cpd.accounts.sign_in.rules.throttling import ThrottleScope
from cpd.accounts.sign_in.throttle import Throttled, clear_attempt, record_attempt_if_allowed
from cpd.accounts.sign_up import actions as verification_actions
from cpd.accounts.sign_up import queries as verification_queries
from cpd.accounts.sign_up.forms import EmailCodeForm
from cpd.accounts.sign_up.models import EmailVerification
from cpd.accounts.sign_up.views import (
    redirect_to_address_form,
    render_code_page,
    render_confirm_page,
    render_wrong_code_page,
)
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.web.forms import NoFields

bp = Blueprint("address", __name__, url_prefix="/profile/address")

_WITHOUT_EMAIL = _l("Ask the people who run it to change your address.")
"""What to do instead on a site that sends no emails."""

_VERIFICATION = "new address"
"""The cookie's entry for the verification that the open page is about."""


# The new address


@bp.get("")
@requires(Permission.PROFILE_EDIT)
def show_form() -> ResponseReturnValue:
    """Ask for the new address and the password."""
    form_checks.require_email_service_or_404(_WITHOUT_EMAIL)
    return _render_address_page(ChangeAddressForm())


@bp.post("")
@requires(Permission.PROFILE_EDIT)
def request_address_change() -> ResponseReturnValue:
    """Enqueue emails to the new address and to the current one; neither is looked up."""
    form_checks.require_email_service_or_404(_WITHOUT_EMAIL)
    form, now = ChangeAddressForm.from_request(), clock.now()
    if not form.validate():
        return _render_address_page(form), form_checks.INVALID
    if form.email.data == sessions.current_person().email:
        form.email.errors = [_("This is already your address.")]
        return _render_address_page(form), form_checks.INVALID
    verified = form_checks.check_current_password(form, now=now)
    if isinstance(verified, Denial):
        return _render_address_page(form), *verified
    public_id = _request_change_within_limits(verified, form.email.data or "")
    if isinstance(public_id, Throttled):
        denial = form_checks.deny_throttled_email(form, public_id, now=now)
        return _render_address_page(form), *denial
    if public_id is None:
        denial = form_checks.deny_wrong_password(form)
        return _render_address_page(form), *denial
    session[_VERIFICATION] = public_id
    return redirect(url_for(".ask_code"), 303)


def _request_change_within_limits(verified: VerifiedPassword, email: str) -> str | Throttled | None:
    """Return the public id of the verification; None if the password has changed since."""
    key, now = known_browsers.build_request_throttle_key(email), clock.now()
    with unit_of_work() as writing:
        attempt = record_attempt_if_allowed(writing, key, now=now, scope=ThrottleScope.EMAIL)
        if isinstance(attempt, Throttled):
            clear_attempt(writing, verified.attempt_id)
            return attempt
        return actions.request_address_change(
            writing, verified, email, actor=current_actor(), now=now
        )


def _render_address_page(form: ChangeAddressForm) -> str:
    return render_template("accounts/profile/change_address.html", form=form)


# Its verification


@bp.get("/code")
@requires(Permission.PROFILE_EDIT)
def ask_code() -> ResponseReturnValue:
    """Ask for the code from the email to the new address."""
    verification = _find_open_verification()
    return (
        redirect_to_address_form()
        if verification is None
        else render_code_page(EmailCodeForm(), verification)
    )


@bp.post("/code")
@requires(Permission.PROFILE_EDIT)
def enter_code() -> ResponseReturnValue:
    """Check the code, and change the address."""
    form, now = EmailCodeForm.from_request(), clock.now()
    verification = _find_open_verification()
    if verification is None:
        return redirect_to_address_form()
    if not form.validate():
        return render_code_page(form, verification), form_checks.INVALID
    with unit_of_work() as writing:
        grant = verification_actions.verify_address_by_code(
            writing, verification.public_id, form.code.data or "", now=now
        )
    if grant is None:
        if _find_open_verification() is None:
            return redirect_to_address_form()
        return render_wrong_code_page(form, verification)
    return _change_address_and_redirect(grant, verification.email)


def _find_open_verification() -> EmailVerification | None:
    """Return the verification that this browser's open page awaits, if the actor asked for it."""
    public_id = session.get(_VERIFICATION)
    if not isinstance(public_id, str):
        return None
    verification = verification_queries.find_open_verification(
        db.session(), public_id, now=clock.now()
    )
    return verification if verification is not None and _is_own_verification(verification) else None


def _is_own_verification(verification: EmailVerification) -> bool:
    owner = verification.person_id
    return owner is not None and owner == current_actor().person_id


@bp.get("/confirmation/<string:token>")
@requires(Permission.PROFILE_EDIT)
def show_confirm_button(token: str) -> ResponseReturnValue:
    """Show the button behind the link; opening the link changes nothing."""
    return render_confirm_page(_find_verification_by_link_or_404(token))


@bp.post("/confirmation/<string:token>")
@requires(Permission.PROFILE_EDIT)
def change_address_by_link(token: str) -> ResponseReturnValue:
    """Change the address."""
    NoFields.from_request()
    email = _find_verification_by_link_or_404(token).email
    with unit_of_work() as writing:
        grant = verification_actions.verify_address_by_link(writing, token, now=clock.now())
    return _change_address_and_redirect(grant or abort(404), email)


def _find_verification_by_link_or_404(token: str) -> EmailVerification:
    verification = verification_queries.find_verification_by_link(
        db.session(), token, now=clock.now()
    )
    if verification is None or not _is_own_verification(verification):
        abort(
            404,
            _(
                "This link does not work: it was used, it is older than an hour, or another "
                "account asked for it."
            ),
        )
    return verification


def _change_address_and_redirect(grant: str, email: str) -> Response:
    browser = sessions.describe_request_browser()
    try:
        with unit_of_work() as writing:
            token = actions.change_address(
                writing, grant, actor=current_actor(), browser=browser, now=clock.now()
            )
    except AddressTakenError:
        token = None
    if token is None:
        flash(_("The address was not changed. Ask for a new email."), "warn")
        return make_response(redirect(url_for(".show_form"), 303))
    response = sessions.redirect_with_new_session(token, email, url_for("accounts.profile.show"))
    flash(_("Your address is changed. Other browsers are signed out."), "good")
    return response
