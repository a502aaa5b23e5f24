"""The form that begins a course."""

from cpd.web.forms import AlwaysSentField, Form


class EnrolmentForm(Form):
    """Begins a course."""

    version = AlwaysSentField()
    """The version of the course that the page showed."""
    shown = AlwaysSentField()
    """The hash of the disclosure that the page showed."""
