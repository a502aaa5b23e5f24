"""The form with which somebody starts a school."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import InputRequired

from cpd.organisations.models import SchoolKind
from cpd.schools.forms import SchoolForm
from cpd.schools.starting.actions import SchoolToStart
from cpd.web.forms import build_choice


class StartSchoolForm(SchoolForm):
    """A school to start."""

    kind = RadioField(
        _l("What is it?"),
        [InputRequired(_l("Choose one."))],
        choices=[
            build_choice(SchoolKind.SCHOOL.value, _l("A school: it teaches students")),
            build_choice(
                SchoolKind.CLINIC.value,
                _l(
                    "A clinic or another employer: it sees who has completed a course and who has "
                    "not"
                ),
            ),
            build_choice(
                SchoolKind.ASSOCIATION.value, _l("An association: it teaches its members")
            ),
        ],
        default=SchoolKind.SCHOOL.value,
    )

    @property
    def entered_school(self) -> SchoolToStart:
        """Return what a valid form describes."""
        return SchoolToStart(
            self.name.data or "", SchoolKind(self.kind.data), self.time_zone.data or ""
        )
