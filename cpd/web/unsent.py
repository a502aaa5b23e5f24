"""Text that somebody wrote and that is not saved yet: the page to send it again, and its copies."""

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cpd.access.guard import SIGN_IN, current_actor, requires_sign_in

SIGNED_OUT, STALE = 401, 409


def render_unsent_form() -> ResponseReturnValue:
    """Show all that this request sent, with a fresh form token; nothing of it is stored."""
    fields = [pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token"]
    is_signed_in = current_actor().is_signed_in
    page = render_template(
        "web/unsent.html",
        fields=fields,
        texts=[value for _name, value in fields if " " in value.strip()],
        action=request.path,
        is_signed_in=is_signed_in,
        is_for_accounts=requires_sign_in(),
        sign_in=url_for(SIGN_IN),
    )
    return page, STALE if is_signed_in else SIGNED_OUT


def build_typed_place(form: str) -> str:
    """Return the name under which a device keeps what its reader writes in a form."""
    return f"{form}:{current_actor().subject}"


def forget_typed_text(form: str) -> None:
    """Let the next page delete what the device kept of a form, which is saved now."""
    flash(build_typed_place(form), "forget")
