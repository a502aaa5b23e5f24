"""The form that asks for a copy of one's data, or for the deletion of one's account."""

from wtforms.validators import AnyOf

from cpd.accounts.data_requests.models import DataRequestKind
from cpd.web.forms import AlwaysSentField, Form


class DataRequestForm(Form):
    """What is asked for; each button of the page sends its own."""

    kind = AlwaysSentField(validators=[AnyOf(list(DataRequestKind))])
