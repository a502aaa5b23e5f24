"""The form with which a picture is added to a draft."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from cpd.web.forms import AlwaysSentField, Form

LONGEST_DESCRIPTION = 400


class DescriptionForm(Form):
    """A picture and what it shows, as the script of the editor sends them."""

    picture = FileField(
        _l("The picture"),
        description=_l("A PNG, JPEG or WebP file of at most 1 MB. Only what it shows is kept."),
        render_kw={"accept": "image/png,image/jpeg,image/webp"},
    )
    description = TextAreaField(
        _l("What does the picture show?"),
        [Length(max=LONGEST_DESCRIPTION, message=_l("Use at most 400 characters."))],
        filters=[lambda text: " ".join((text or "").split())],
        description=_l("Write a sentence or two, as you would say it on the phone."),
        render_kw={"rows": 2},
    )
    is_decorative = BooleanField(_l("It is decorative: a reader who cannot see it misses nothing"))

    def validate_description(self, field: TextAreaField) -> None:
        """Ask for a description unless the picture is decorative, and for none if it is."""
        if not field.data and not self.is_decorative.data:
            raise ValidationError(_l("Say what the picture shows, or check that it is decorative."))
        if field.data and self.is_decorative.data:
            raise ValidationError(
                _l("A decorative picture has no description. Remove one of the two.")
            )


class PictureForm(DescriptionForm):
    """The same, and the field at whose end the picture is put."""

    place = SelectField(
        _l("At the end of which text?"),
        [InputRequired(_l("Choose a text."))],
        validate_choice=True,
    )
    begun_with = AlwaysSentField()
    """The hash of the text that the page showed."""
