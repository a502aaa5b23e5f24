"""The mailbox of a demo: emails that would have been sent, on this machine alone."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from cpd.access.guard import public
from cpd.config import current_settings
from cpd.mail import mailbox
from cpd.mail.sending import folder

bp = Blueprint("mail", __name__, template_folder="templates")


@bp.get("/mailbox")
@public
def show() -> ResponseReturnValue:
    """Show the emails; elsewhere than in a demo, and from elsewhere, there is no such page."""
    if not mailbox.is_open():
        abort(404)
    return render_template("mail/mailbox.html", emails=mailbox.read(folder(current_settings())))
