"""The forms posted while someone reads a section."""

from cpd.web.forms import AlwaysSentField, Form


class PlaceForm(Form):
    """Notes the line that someone is reading."""

    anchor = AlwaysSentField()
    block = AlwaysSentField()


class ActiveMinuteForm(Form):
    """Reports that a section was open for another minute."""

    idle = AlwaysSentField()
    """Whole seconds since the reader last moved, typed or scrolled."""


class ReadAgainForm(Form):
    """Records that a passage was read again."""

    passage = AlwaysSentField()
