"""The shape of what is posted while somebody reads a section."""

from cpd.web.forms import AlwaysSentField, Form


class PlaceForm(Form):
    """Notes the line at which somebody reads."""

    anchor = AlwaysSentField()
    block = AlwaysSentField()


class ReadAgainForm(Form):
    """Records that a passage was read again."""

    passage = AlwaysSentField()
