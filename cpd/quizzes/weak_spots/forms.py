"""The form that turns the question “How sure are you?” on or off."""

from cpd.web.forms import AlwaysSentField, Form

ON = "on"


class ConfidenceForm(Form):
    """Turns the question on, or off with any other value."""

    ask = AlwaysSentField()
