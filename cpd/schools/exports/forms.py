"""The form with which a gradebook is taken away as a file."""

from wtforms.validators import AnyOf

from cpd.web.forms import AlwaysSentField, Form

CSV, XLSX = "csv", "xlsx"


class ExportForm(Form):
    """The format of a file."""

    format = AlwaysSentField(validators=[AnyOf([CSV, XLSX])])
