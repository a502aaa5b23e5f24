"""The form that asks why a record is opened."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from cpd.web.forms import Form

LONGEST_PURPOSE = 400


class PurposeForm(Form):
    """Why somebody's record is opened."""

    purpose = TextAreaField(
        _l("Why do you need it?"),
        [
            DataRequired(_l("Enter a reason, such as who asked for the records.")),
            Length(max=LONGEST_PURPOSE, message=_l("Use at most 400 characters.")),
        ],
        filters=[lambda text: " ".join((text or "").split())],
        description=_l("For example, that the learner lost a certificate, or a board’s question."),
        render_kw={"rows": 2},
    )
