"""The field for a day on the forms of this room."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from wtforms import DateField

_YEARS = range(1950, 2100)


class DayField(DateField):
    """A day; one that does not exist gets a sentence."""

    data: date | None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None
            raise ValueError(
                _("This date does not exist. Enter it like this: 2026-11-30.")
            ) from None
        if self.data is not None and self.data.year not in _YEARS:
            raise ValueError(_("Choose a year from 1950 to 2099."))
