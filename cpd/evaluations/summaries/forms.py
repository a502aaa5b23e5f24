"""The form that selects a period and a version."""

from collections.abc import Iterable
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import Optional

from cpd.credit.day_field import DayField
from cpd.evaluations.summaries.labels import DAY_SPAN_FAULTS
from cpd.evaluations.summaries.queries import Selection
from cpd.kernel.day_spans import DaySpan, find_day_span_fault
from cpd.web.forms import Form, build_choice

ALL = ""


class SelectionForm(Form):
    """A version, and the first and last day of a period; both days or none."""

    version = SelectField(_l("Version"), validate_choice=True)
    first_day = DayField(_l("From"), [Optional()])
    last_day = DayField(_l("To"), [Optional()])

    def offer_versions(self, numbers: Iterable[int]) -> None:
        """Offer all versions together, and each."""
        self.version.choices = [build_choice(ALL, _l("All versions"))] + [
            build_choice(str(number), _("Version %(number)s", number=number)) for number in numbers
        ]
        self.version.data = self.version.data or ALL

    def find_selection(self, zone: str, today: date) -> Selection | None:
        """Return what was selected; None if the form has mistakes, which it then names."""
        if not self.validate():
            return None
        first, last = self.first_day.data, self.last_day.data
        version = int(self.version.data) if self.version.data else None
        if first is None and last is None:
            return Selection(None, version)
        if first is None or last is None:
            empty = self.first_day if first is None else self.last_day
            empty.errors = [_l("Enter both days, or neither.")]
            return None
        fault = find_day_span_fault(first, last, today)
        if fault is not None:
            self.last_day.errors = [DAY_SPAN_FAULTS[fault]]
            return None
        return Selection(DaySpan(first, last, zone), version)
