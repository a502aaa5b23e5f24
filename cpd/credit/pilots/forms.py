"""The form that starts a pilot group."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import InputRequired

from cpd.web.forms import Form, build_choice


class PilotForm(Form):
    """Which course a pilot group takes."""

    course = SelectField(
        _l("Which course do they take?"),
        [InputRequired(_l("Choose one."))],
        description=_l(
            "The group takes its newest version, and the report covers only that version."
        ),
    )

    def offer_choices(self, courses: Iterable[tuple[str, str]]) -> None:
        """Offer the courses."""
        self.course.choices = [build_choice("", _l("Choose"))] + [
            build_choice(f"course:{slug}", title) for slug, title in courses
        ]

    @property
    def slug(self) -> str:
        """The slug of the course that was chosen."""
        return str(self.course.data).partition(":")[2]
