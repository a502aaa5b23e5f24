"""Asking for a letter to an address, by somebody who is not signed in.

Nothing is looked up, so that every address is answered alike.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from cpd.accounts.sign_in import form_checks as answers, known_browsers as devices, throttle as tries
from cpd.accounts.sign_in.form_checks import Denied
from cpd.accounts.profile.forms import AddressForm
from cpd.accounts.sign_in.rules.throttling import Door
from cpd.accounts.sign_in.throttle import Wait
from cpd.db import unit_of_work
from cpd.web.logs import log

Asked = TypeVar("Asked")


def ask(
    form: AddressForm, enqueue: Callable[[Session, str], Asked], *, now: datetime
) -> Asked | Denied:
    """Owe the letter within the limits; return what came of it, or how the page is answered."""
    if not form.validate():
        return Denied(answers.WRONG)
    email = form.email.data or ""
    with unit_of_work() as writing:
        opened = tries.open_try(writing, devices.whence(email), now=now, door=Door.EMAIL)
        asked = opened if isinstance(opened, Wait) else enqueue(writing, email)
    if isinstance(asked, Wait):
        log.info("letter refused", reason="too many")
        return Denied(answers.TOO_OFTEN, answers.emails_too_often(form, asked, now=now))
    return asked
