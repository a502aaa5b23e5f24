"""The form with which an administrator sets reasons aside."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from cpd.dual_control.rules.requests import LONGEST_REASON
from cpd.web.forms import Form


class OverrideForm(Form):
    """Why the reasons do not hold for this license."""

    why = StringField(
        _l("Why may this certificate be issued?"),
        [
            DataRequired(_l("Say in a sentence why.")),
            Length(max=LONGEST_REASON, message=_l("Use at most 400 characters.")),
        ],
        filters=[lambda text: " ".join((text or "").split())],
        description=_l("The audit trail keeps this sentence with your name."),
    )
