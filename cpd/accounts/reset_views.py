"""A way back for who cannot sign in: a letter with a link to set a new password."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import public
from cpd.accounts import answers, devices, letters, tries
from cpd.accounts.forms import AddressForm
from cpd.accounts.rules.limits import Door
from cpd.accounts.tries import Wait
from cpd.db import unit_of_work
from cpd.kernel import clock
from cpd.mail.letters import are_sent
from cpd.web.logs import log

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
    """Owe the letter; nothing is looked up, so that every address is answered alike."""
    _refuse_without_letters()
    form, now = AddressForm.sent(), clock.now()
    if not form.validate():
        return _page(form), answers.WRONG
    email = form.email.data or ""
    with unit_of_work() as writing:
        opened = tries.open_try(writing, devices.whence(email), now=now, door=Door.LETTER)
        if not isinstance(opened, Wait):
            letters.ask_for_reset(writing, email, now=now)
    if isinstance(opened, Wait):
        log.info("letter refused", reason="too many")
        headers = answers.letters_too_often(form, opened, now=now)
        return _page(form), answers.TOO_OFTEN, headers
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
