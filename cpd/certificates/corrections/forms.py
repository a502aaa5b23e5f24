"""The form with which a holder corrects a certificate."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField
from wtforms.validators import DataRequired, Length

from cpd.dual_control.rules.requests import LONGEST_REASON
from cpd.web.forms import Form


class CorrectionForm(Form):
    """Why the certificate is corrected, and that it stays with the person who passed."""

    reason = StringField(
        _l("Why does it need to be corrected?"),
        [
            DataRequired(_l("Say in a sentence why, such as “I married in May.”")),
            Length(max=LONGEST_REASON, message=_l("Use at most 400 characters.")),
        ],
        filters=[lambda text: " ".join((text or "").split())],
        description=_l("The provider keeps your reason. It is not on the certificate."),
    )
    is_mine = BooleanField(
        _l("I took this exam myself, and this is my name."),
        [DataRequired(_l("Confirm that the certificate is yours."))],
    )
