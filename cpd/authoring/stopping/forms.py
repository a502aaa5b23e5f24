"""The forms with which a version is stopped, and with which a second person answers."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from cpd.dual_control.rules.requests import LONGEST_REASON
from cpd.web.forms import AlwaysSentField, Form


class StopForm(Form):
    """The version, and what is wrong with it or why it goes on."""

    version = AlwaysSentField()
    reason = StringField(
        _l("What is wrong?"),
        [
            DataRequired(_l("Say in a sentence what is wrong, or why it is safe again.")),
            Length(max=LONGEST_REASON, message=_l("Use at most 400 characters.")),
        ],
        filters=[lambda text: " ".join((text or "").split())],
        description=_l("Learners read this sentence, so name no client and no colleague."),
    )


class AnswerForm(Form):
    """The request that a second person confirms or refuses."""

    asked = AlwaysSentField()
