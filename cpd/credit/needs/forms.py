"""The button with which a learner says whether they need credit."""

from cpd.web.forms import AlwaysSentField, Form


class NeedForm(Form):
    """`yes` or `no`, from the button that was pressed."""

    wanted = AlwaysSentField()
