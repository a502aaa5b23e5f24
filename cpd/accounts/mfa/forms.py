"""Forms for codes from an app."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired

from cpd.accounts.forms import build_six_digits_field
from cpd.accounts.rules.typed_codes import parse_app_or_recovery_code
from cpd.accounts.validators import Code
from cpd.web.forms import Form


class MfaCodeForm(Form):
    """A code from an app, or a recovery code."""

    code = StringField(
        _l("Code"),
        [
            InputRequired(_l("Enter the code.")),
            Code(
                parse_app_or_recovery_code,
                _l("Type the six digits in your app, or all 16 characters of a recovery code."),
            ),
        ],
        description=_l("Six digits from your app, or one of your recovery codes."),
        render_kw={"autocomplete": "one-time-code"},
    )


class FirstCodeForm(Form):
    """The first code from an app that has just been given its key."""

    sealed = HiddenField()
    """The encrypted key, which is stored only if its first code is right."""
    next = HiddenField()
    code = build_six_digits_field(_l("The six digits that the app shows now."))
