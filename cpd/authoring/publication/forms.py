"""The form with which drafts are published."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from cpd.authoring.publish.actions import MAX_REASON
from cpd.web.forms import Form, ValuesField

MOST_DRAFTS = 200


class PublicationForm(Form):
    """The chosen drafts, each with the hash of the text that the page showed, and a reason."""

    drafts = ValuesField(at_most=MOST_DRAFTS)
    reason = StringField(
        _l("Why is it published?"),
        [
            DataRequired(_l("Say in a sentence what changed and why.")),
            Length(max=MAX_REASON, message=_l("Use at most 400 characters.")),
        ],
        filters=[lambda text: (text or "").strip()],
        description=_l("It is kept in the history of every file that changes."),
    )
