"""The pages for passwords: requesting a link, setting one through a link, changing it."""

from functools import partial
from typing import Never

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cpd.access.guard import current_actor, public, requires
from cpd.access.permissions import Permission
from cpd.accounts.rules.redirects import site_path_or_none
from cpd.accounts.sign_in import actions, emails, form_checks, queries, sessions
from cpd.accounts.sign_in.form_checks import Denial
from cpd.accounts.sign_in.forms import AddressForm, ChangePasswordForm, NewPasswordForm
from cpd.accounts.sign_in.models import PasswordLink
from cpd.accounts.sign_in.password_check import VerifiedPassword
from cpd.accounts.tokens import hash_token
from cpd.db import db, unit_of_work
from cpd.kernel import clock

bp = Blueprint("password", __name__)

_WITHOUT_EMAIL = _l("Ask the people who run it for a link.")
"""What to do instead on a site that sends no emails."""


# For people who cannot sign in


@bp.get("/reset-password")
@public
def ask_reset() -> ResponseReturnValue:
    """Ask for the address of the account."""
    form_checks.require_email_service_or_404(_WITHOUT_EMAIL)
    return _render_reset_page(AddressForm(next=site_path_or_none(request.args.get("next")) or ""))


@bp.post("/reset-password")
@public
def request_reset_email() -> ResponseReturnValue:
    """Enqueue the email with the link; every address gets the same answer."""
    form_checks.require_email_service_or_404(_WITHOUT_EMAIL)
    form, now = AddressForm.from_request(), clock.now()
    location = site_path_or_none(form.next.data)
    enqueue = partial(emails.enqueue_reset_email, location=location or "")
    if (denial := form_checks.enqueue_requested_email(form, enqueue, now=now)) is not None:
        return _render_reset_page(form), *denial
    return redirect(url_for(".reset_sent", next=location), 303)


@bp.get("/reset-password/sent")
@public
def reset_sent() -> ResponseReturnValue:
    """Say where to look for the email."""
    location = site_path_or_none(request.args.get("next"))
    return render_template("accounts/sign_in/reset_sent.html", location=location)


def _render_reset_page(form: AddressForm) -> str:
    return render_template("accounts/sign_in/reset_password.html", form=form)


# Through a link


@bp.get("/set-password/<string:token>")
@public
def ask_new_password(token: str) -> ResponseReturnValue:
    """Show the form behind a link; opening the link changes nothing."""
    return _render_new_password_page(NewPasswordForm(), _find_usable_link_or_404(token))


@bp.post("/set-password/<string:token>")
@public
def set_password(token: str) -> ResponseReturnValue:
    """Set the password, once; everyone who is signed in to the account is signed out."""
    link = _find_usable_link_or_404(token)
    form = NewPasswordForm.from_request(
        about=form_checks.list_forbidden_password_parts(link.person.email, link.person.name)
    )
    password_hash = form_checks.validate_and_hash_new_password(form)
    if isinstance(password_hash, Denial):
        return _render_new_password_page(form, link), *password_hash
    with unit_of_work() as session:
        is_set = actions.set_password_by_link(
            session, hash_token(token), password_hash, now=clock.now()
        )
    if not is_set:
        _abort_for_unusable_link()
    flash(_("Your password is set. Sign in with it."), "good")
    location = site_path_or_none(request.args.get("next"))
    return redirect(url_for("accounts.sign_in.show_form", next=location))


def _find_usable_link_or_404(token: str) -> PasswordLink:
    link = queries.find_password_link(db.session(), hash_token(token), now=clock.now())
    return link or _abort_for_unusable_link()


def _abort_for_unusable_link() -> Never:
    """Give unknown, used, replaced and expired links the same answer."""
    abort(
        404,
        _(
            "This link does not work: it was used, it is too old, or a newer one was made. Ask for "
            "a new one where you got it."
        ),
    )


def _render_new_password_page(form: NewPasswordForm, link: PasswordLink) -> str:
    return render_template("accounts/sign_in/set_password.html", form=form, person=link.person)


# By people who are signed in


@bp.get("/profile/password")
@requires(Permission.PROFILE_EDIT)
def ask_password_change() -> ResponseReturnValue:
    """Ask for the current and the new password."""
    return _render_change_page(ChangePasswordForm())


@bp.post("/profile/password")
@requires(Permission.PROFILE_EDIT)
def change_password() -> ResponseReturnValue:
    """Change the password and sign out everywhere else; guesses are limited as at sign-in."""
    person, now = sessions.current_person(), clock.now()
    form = ChangePasswordForm.from_request(
        about=form_checks.list_forbidden_password_parts(person.email, person.name)
    )
    new_hash = form_checks.validate_and_hash_new_password(form)
    if isinstance(new_hash, Denial):
        return _render_change_page(form), *new_hash
    verified = form_checks.check_current_password(form, now=now)
    if isinstance(verified, Denial):
        return _render_change_page(form), *verified
    token = _change_password_in_transaction(verified, new_hash)
    if token is None:
        denial = form_checks.deny_wrong_password(form)
        return _render_change_page(form), *denial
    sessions.store_session_token_in_cookie(token)
    flash(_("Your password is changed. Other browsers are signed out."), "good")
    return redirect(url_for("accounts.profile.show"))


def _change_password_in_transaction(verified: VerifiedPassword, new_hash: str) -> str | None:
    with unit_of_work() as session:
        return actions.change_password(
            session,
            verified,
            new_hash,
            actor=current_actor(),
            browser=sessions.describe_request_browser(),
            now=clock.now(),
        )


def _render_change_page(form: ChangePasswordForm) -> str:
    return render_template("accounts/sign_in/change_password.html", form=form)
