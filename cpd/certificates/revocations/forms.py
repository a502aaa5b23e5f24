"""The forms with which a certificate is withdrawn, and with which a second person answers."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from cpd.dual_control.rules.requests import LONGEST_REASON
from cpd.web.forms import AlwaysSentField, Form


class RevocationForm(Form):
    """Which certificate is to be withdrawn, and why."""

    code = StringField(
        _l("Code on the certificate"), [DataRequired(_l("Type the code that is printed on it."))]
    )
    reason = StringField(
        _l("Why does it have to be withdrawn?"),
        [
            DataRequired(_l("Say in a sentence why.")),
            Length(max=LONGEST_REASON, message=_l("Use at most 400 characters.")),
        ],
        filters=[lambda text: " ".join((text or "").split())],
        description=_l("Everyone who checks the certificate reads this sentence, so name nobody."),
    )


class AnswerRevocationForm(Form):
    """The request that a second person confirms or refuses."""

    asked = AlwaysSentField()
