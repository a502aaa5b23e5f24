"""A way back for who cannot sign in: a letter with a link to set a new password."""

from functools import partial

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import public
from cpd.accounts import asking
from cpd.accounts.sign_up import emails
from cpd.accounts.sign_in.form_checks import Denied
from cpd.accounts.profile.forms import AddressForm
from cpd.kernel import clock
from cpd.mail.emails import are_sent

bp = Blueprint("reset", __name__, url_prefix="/reset-password")


@bp.get("")
@public
def ask() -> ResponseReturnValue:
    """Ask for the address of the account."""
    _refuse_without_letters()
    return _page(AddressForm())


@bp.post("")
@public
def send() -> ResponseReturnValue:
    """Owe the letter; every address is answered alike."""
    _refuse_without_letters()
    form, now = AddressForm.sent(), clock.now()
    asked = asking.ask(form, partial(emails.ask_for_reset, now=now), now=now)
    if isinstance(asked, Denied):
        return _page(form), asked.status, asked.headers
    return redirect(url_for(".sent"), 303)


@bp.get("/sent")
@public
def sent() -> ResponseReturnValue:
    """Say where to look."""
    return render_template("accounts/reset_sent.html")


def _refuse_without_letters() -> None:
    if not are_sent():
        abort(404, _("This site sends no letters. Ask the people who run it for a link."))


def _page(form: AddressForm) -> str:
    return render_template("accounts/reset.html", form=form)
