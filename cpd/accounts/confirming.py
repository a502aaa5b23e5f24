"""Asking who is signed in for the password again, before what lets them in is changed."""

from datetime import datetime

from flask_babel import gettext as _

from cpd.accounts.sign_in import form_checks as answers, password_hashing as passwords, sessions, throttle as tries
from cpd.accounts.sign_in.form_checks import Denied
from cpd.accounts.profile.forms import PresentPasswordForm
from cpd.accounts.sign_in.throttle import Mistake, Proof, Wait, Whence


def confirm(form: PresentPasswordForm, *, now: datetime) -> Proof | Denied:
    """Check the password on the form; guesses are limited as at the door, for this session."""
    me = sessions.myself()
    whence = Whence(
        sessions.keyed("account", me.email),
        sessions.source(),
        sessions.keyed("session", me.session_public_id),
    )
    try:
        found = tries.prove(me.email, form.present.data or "", whence=whence, now=now)
    except passwords.BusyError:
        return Denied(answers.BUSY, answers.busy(form))
    if isinstance(found, Wait):
        return Denied(answers.TOO_OFTEN, answers.too_often(form, found, now=now))
    if isinstance(found, Mistake):
        return deny(form)
    return found


def deny(form: PresentPasswordForm) -> Denied:
    """Say that the password was not right, or is not any more."""
    form.present.errors = [_("This is not your current password.")]
    return Denied(answers.WRONG)
