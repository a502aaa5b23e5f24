"""Answers that every page which checks a password gives: wrong, wait, busy."""

from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _
from wtforms import Form

from cpd.accounts import passwords
from cpd.accounts.rules.limits import Counted
from cpd.accounts.tries import Wait
from cpd.web.errors import add_retry_error

WRONG, TOO_OFTEN, BUSY = 422, 429, 503


@dataclass(frozen=True)
class Denied:
    """How a page is answered that has its sentence on the form."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)


def emails_too_often(form: Form, wait: Wait, *, now: datetime) -> dict[str, str]:
    """The same, where the tries are letters that were asked for: by all, or to this address."""
    reason = (
        _("Very many letters were asked for of late.")
        if wait.by in {Counted.SOURCE, Counted.TOTAL}
        else _(
            "Several letters were asked for already. Look for them, also among unwanted mail, and "
            "use the newest."
        )
    )
    return add_retry_error(form, reason, wait.until, now=now)


def too_often(form: Form, wait: Wait, *, now: datetime) -> dict[str, str]:
    """Put the sentence on the form and return the header that says when to try again."""
    return add_retry_error(form, _("Too many tries went wrong."), wait.until, now=now)


def busy(form: Form) -> dict[str, str]:
    """Put the sentence on the form and return the header that says when to try again."""
    form.form_errors.append(
        _("Many people are signing in at this moment. Send the form again in a few seconds.")
    )
    return {"Retry-After": str(passwords.RETRY_AFTER)}
