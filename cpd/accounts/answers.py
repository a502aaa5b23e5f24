"""Answers that every page which checks a password gives: wrong, wait, busy."""

from datetime import datetime
from math import ceil

from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import Form

from cpd.accounts import passwords
from cpd.accounts.tries import Wait

WRONG, TOO_OFTEN, BUSY = 422, 429, 503


def letters_too_often(form: Form, wait: Wait, *, now: datetime) -> dict[str, str]:
    """The same, where the tries are letters that were asked for."""
    headers = too_often(form, wait, now=now)
    form.form_errors[-1] = _(
        "Several letters were asked for already. Look for them, also among unwanted mail, and use "
        "the newest. Another one can be asked for in a quarter of an hour."
    )
    return headers


def too_often(form: Form, wait: Wait, *, now: datetime) -> dict[str, str]:
    """Put the sentence on the form and return the header that says when to try again."""
    seconds = max(1, ceil((wait.until - now).total_seconds()))
    minutes = ceil(seconds / 60)
    form.form_errors.append(
        ngettext(
            "Too many tries went wrong. Wait one minute, then try again.",
            "Too many tries went wrong. Wait %(num)s minutes, then try again.",
            minutes,
        )
    )
    return {"Retry-After": str(seconds)}


def busy(form: Form) -> dict[str, str]:
    """Put the sentence on the form and return the header that says when to try again."""
    form.form_errors.append(
        _("Many people are signing in at this moment. Send the form again in a few seconds.")
    )
    return {"Retry-After": str(passwords.RETRY_AFTER)}
