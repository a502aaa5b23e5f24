"""The forms of archives."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from cpd.audits.archives.models import LONGEST_REASON
from cpd.credit.day_field import DayField
from cpd.web.forms import Form, build_choice

ALL = ""


def squeeze_spaces(text: str | None) -> str:
    """Filter: return a text as one line."""
    return " ".join((text or "").split())


class ArchiveForm(Form):
    """Which period and course, and why."""

    first_day = DayField(_l("First day"), [InputRequired(_l("Enter the first day."))])
    last_day = DayField(_l("Last day"), [InputRequired(_l("Enter the last day."))])
    course = SelectField(_l("Which course?"))
    reason = TextAreaField(
        _l("Why do you need it?"),
        [
            DataRequired(_l("Enter a reason, such as who asked for the records.")),
            Length(max=LONGEST_REASON, message=_l("Use at most 400 characters.")),
        ],
        filters=[squeeze_spaces],
        description=_l("For example, the board that audits you and the number of its letter."),
        render_kw={"rows": 2},
    )

    def offer_courses(self, courses: Iterable[tuple[str, str]]) -> None:
        """Offer all courses together, and each."""
        self.course.choices = [build_choice(ALL, _l("All courses of this provider"))] + [
            build_choice(slug, title) for slug, title in courses
        ]
        self.course.data = self.course.data or ALL
