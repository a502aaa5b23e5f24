"""The forms about files and rows."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import InputRequired

from cpd.web.forms import Form, build_choice

TAKEN_BACK, CHANGED = "taken-back", "changed"


SETTLEMENTS = (
    (
        TAKEN_BACK,
        _l("They removed it. If the certificate is valid, it needs to be reported again."),
    ),
    (CHANGED, _l("They corrected it, so nothing more needs to be reported.")),
)
"""The answers that the form offers."""


class SettlementForm(Form):
    """What CE Broker did about a row that is no longer right."""

    done = RadioField(
        _l("What did CE Broker do?"),
        [InputRequired(_l("Choose one."))],
        choices=[build_choice(value, words) for value, words in SETTLEMENTS],
    )
