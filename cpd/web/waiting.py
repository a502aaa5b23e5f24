"""What a form says when it was sent too often: why, and when it is heard again."""

from datetime import datetime
from math import ceil

from flask_babel import ngettext
from wtforms import Form


def refuse(form: Form, reason: str, until: datetime, *, now: datetime) -> dict[str, str]:
    """Put both on the form, and return the header that says when too."""
    seconds = max(1, ceil((until - now).total_seconds()))
    when = ngettext(
        "Try again in one minute.", "Try again in about %(num)s minutes.", ceil(seconds / 60)
    )
    form.form_errors.append(f"{reason} {when}")
    return {"Retry-After": str(seconds)}
