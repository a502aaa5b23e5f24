"""The form with which texts of a release are taken."""

from cpd.web.forms import AlwaysSentField, Form, ValuesField

MOST_FILES = 1000


class TakeForm(Form):
    """The chosen files, and the version that they were compared with."""

    version = AlwaysSentField()
    files = ValuesField(at_most=MOST_FILES)
