"""Forms for verifying an email address, and for opening an account."""

from flask_babel import lazy_gettext as _l

from cpd.accounts.forms import build_name_field, build_six_digits_field
from cpd.accounts.sign_in.forms import NewPasswordForm
from cpd.web.forms import Form


class EmailCodeForm(Form):
    """A code from an email."""

    code = build_six_digits_field(_l("Six digits, from the email."))


class NewAccountForm(NewPasswordForm):
    """Name and password of someone who has verified their address."""

    shown_first = ("name",)

    name = build_name_field(
        _l("What the site calls you. We ask for the name on your certificates later.")
    )
