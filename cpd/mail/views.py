"""The mailbox of a demo: the emails that would have been sent, for readers on this machine."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from cpd.access.guard import public
from cpd.config import current_settings
from cpd.mail import mailbox
from cpd.mail.sending import mailbox_folder_path

bp = Blueprint("mail", __name__, template_folder="templates")


@bp.get("/mailbox")
@public
def show_mailbox() -> ResponseReturnValue:
    """Show the emails; 404 unless this is a demo and the request comes from this machine."""
    if not mailbox.request_may_read_mailbox():
        abort(404)
    return render_template(
        "mail/mailbox.html",
        emails=mailbox.read_mailbox_emails(mailbox_folder_path(current_settings())),
    )
