"""The forms for the numbers under which CE Broker knows the provider and its courses."""

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectField, StringField
from wtforms.validators import InputRequired, ValidationError

from cpd.reporting.rules.roster import (
    COURSE_PREFIX,
    PROVIDER_PREFIX,
    parse_profession,
    parse_state,
    parse_tracking_number,
)
from cpd.web.forms import Form, build_choice


class Parsed:
    """Accepts a text that a parser understands, and puts its result into the field."""

    def __init__(self, parse: Callable[[str], str | None], message: Any) -> None:
        self.parse = parse
        self.message = message

    def __call__(self, _form: Form, field: Field) -> None:
        """Parse the text, or say what is wrong with it."""
        parsed = self.parse(field.data or "")
        if parsed is None:
            raise ValidationError(self.message)
        field.data = parsed


class NumbersForm(Form):
    """How CE Broker knows the provider for one authority."""

    provider_number = StringField(
        _l("Your CE Broker provider number"),
        [
            InputRequired(_l("Enter your provider number.")),
            Parsed(
                lambda text: parse_tracking_number(text, PROVIDER_PREFIX),
                _l("Enter the digits of the number, such as 50-1234 or 1234."),
            ),
        ],
        description=_l(
            "You may leave out the “50-” at the beginning, because the file does not contain it."
        ),
        render_kw={"inputmode": "numeric"},
    )
    state = StringField(
        _l("State of the licenses"),
        [
            InputRequired(_l("Enter the abbreviation of the state.")),
            Parsed(parse_state, _l("Enter the two letters of the state, such as FL.")),
        ],
        description=_l("Two letters, such as FL."),
    )
    profession = StringField(
        _l("Profession code"),
        [
            InputRequired(_l("Enter the profession code.")),
            Parsed(
                parse_profession,
                _l("Enter the letters and digits of the code, at most ten of them."),
            ),
        ],
        description=_l("As it appears in the list of profession codes that CE Broker publishes."),
    )


class CourseNumberForm(Form):
    """The tracking number of one course."""

    course = SelectField(_l("Course"), [InputRequired(_l("Choose one."))])
    number = StringField(
        _l("Tracking number of the course"),
        [
            InputRequired(_l("Enter the tracking number.")),
            Parsed(
                lambda text: parse_tracking_number(text, COURSE_PREFIX),
                _l("Enter the digits of the number, such as 20-56789 or 56789."),
            ),
        ],
        description=_l(
            "You may leave out the “20-” at the beginning, because the file does not contain it."
        ),
        render_kw={"inputmode": "numeric"},
    )

    courses: Sequence[tuple[str, str]] = ()
    """The slugs and titles of the courses that are offered."""

    def offer_courses(self, courses: Sequence[tuple[str, str]]) -> None:
        """Offer the courses of the provider."""
        self.courses = courses
        self.course.choices = [
            build_choice("", _l("Choose")),
            *(build_choice(slug, title) for slug, title in courses),
        ]
