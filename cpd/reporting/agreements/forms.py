"""The form with which learners agree to reports."""

from wtforms import SelectField
from wtforms.validators import InputRequired

from cpd.web.forms import Form, build_choice


class AgreementForm(Form):
    """One of two buttons."""

    agrees = SelectField(
        validators=[InputRequired()], choices=[build_choice(it, it) for it in ("yes", "no")]
    )
