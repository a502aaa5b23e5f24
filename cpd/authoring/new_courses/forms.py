"""The forms of a new course, and of who may find a course."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Regexp

from cpd.courses.models import Visibility
from cpd.web.forms import Form, build_choice


def _strip(text: str | None) -> str:
    return (text or "").strip()


class NewCourseForm(Form):
    """What a course is called, and its language."""

    title = StringField(
        _l("Title"),
        [
            DataRequired(_l("Give the course a title.")),
            Length(max=200, message=_l("Use at most 200 characters.")),
        ],
        filters=[_strip],
    )
    slug = StringField(
        _l("Its short name in web addresses"),
        [
            InputRequired(_l("Write a short name, such as warm-hands.")),
            Length(max=80, message=_l("Use at most 80 characters.")),
            Regexp(
                r"[a-z0-9]+(-[a-z0-9]+)*\Z",
                message=_l("Use lowercase letters and digits, with single hyphens between words."),
            ),
        ],
        filters=[_strip],
        description=_l("Such as warm-hands. It cannot be changed later."),
    )
    language = StringField(
        _l("Which language is it in?"),
        [InputRequired(_l("Write a tag such as en-US."))],
        filters=[_strip],
        default="en-US",
        description=_l("A tag such as en-US."),
    )


class VisibilityForm(Form):
    """Who finds a course."""

    visibility = RadioField(
        _l("Who can find it?"),
        [InputRequired(_l("Choose one."))],
        choices=[
            build_choice(Visibility.LISTED.value, _l("Everyone, because it is in the catalog")),
            build_choice(
                Visibility.HIDDEN.value,
                _l("Only the people who work here, and those who are taking it already"),
            ),
        ],
    )
