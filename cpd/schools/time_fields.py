"""Fields for a date with its time in a zone, and for what a change of the clocks asks about it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import flask_babel
from wtforms import DateTimeLocalField, RadioField
from wtforms.validators import Optional

from cpd.schools.assignments.rules.local_times import (
    LocalTime,
    TimeChoice,
    UnclearTime,
    UnknownZone,
    resolve_local_time,
)
from cpd.web.formatting import format_zone_name
from cpd.web.forms import Form, build_choice

_: Callable[..., str] = flask_babel.gettext

_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"]
_YEARS = range(2000, 2100)


class WallTimeField(DateTimeLocalField):
    """What a clock on the wall shows; a date that does not exist gets a sentence."""

    data: datetime | None

    def __init__(self, label: Any, validators: Any = (), **options: Any) -> None:
        super().__init__(label, validators, format=_FORMATS, **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the date and the time."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None
            raise ValueError(
                _("There is no such date or time. Write it like 2026-11-30 18:00.")
            ) from None
        if self.data is not None and self.data.year not in _YEARS:
            raise ValueError(_("Choose a year from 2000 to 2099."))


def build_choice_field(label: Any) -> RadioField:
    """Return the field for the question that a change of the clocks asks about a time.

    The page shows it only when there is such a question.
    """
    return RadioField(label, [Optional()], choices=[], validate_choice=False)


def resolve_time_field(form: Form, name: str, zone: str) -> LocalTime | None:
    """Return what a time on a form means; None without one, or if a person must be asked.

    What must be asked is then among the errors of the form.
    """
    field, choice = form[name], form[f"{name}_choice"]
    if field.data is None:
        return None
    found = resolve_local_time(field.data, zone)
    if isinstance(found, UnknownZone):
        field.errors = [_("There is no time zone %(zone)s.", zone=found.zone)]
        return None
    if isinstance(found, LocalTime):
        return found
    return offer_readings(choice, field.data, found)


def offer_readings(choice: Any, wall: datetime, unclear: UnclearTime) -> LocalTime | None:
    """Return the reading that was chosen; without a choice, ask for one."""
    choice.choices = [
        build_choice(option.value, _describe_reading(option, time))
        for option, time in unclear.options.items()
    ]
    chosen = _pick_reading(unclear.options, choice.data)
    if chosen is None:
        choice.errors = [_describe_question(wall, unclear)]
    return chosen


def _pick_reading(options: Mapping[TimeChoice, LocalTime], chosen: str | None) -> LocalTime | None:
    return next((time for option, time in options.items() if option.value == chosen), None)


def _describe_question(wall: datetime, unclear: UnclearTime) -> str:
    values = {
        "time": f"{wall:%H:%M}",
        "day": f"{wall:%Y-%m-%d}",
        "place": format_zone_name(next(iter(unclear.options.values())).zone),
    }
    if unclear.is_missing:
        return _(
            "There is no %(time)s on %(day)s in %(place)s, because the clocks go forward then. "
            "Choose the time that you mean.",
            **values,
        )
    return _(
        "There are two times %(time)s on %(day)s in %(place)s, because the clocks go back then. "
        "Choose the one that you mean.",
        **values,
    )


def _describe_reading(option: TimeChoice, time: LocalTime) -> str:
    wall, utc = f"{time.wall:%H:%M}", f"{time.instant:%H:%M}"
    match option:
        case TimeChoice.BEFORE:
            return _("%(time)s, before the change (%(utc)s UTC)", time=wall, utc=utc)
        case TimeChoice.AFTER:
            return _("%(time)s, after the change (%(utc)s UTC)", time=wall, utc=utc)
        case TimeChoice.FIRST:
            return _("The first %(time)s (%(utc)s UTC)", time=wall, utc=utc)
        case TimeChoice.SECOND:
            return _("The second %(time)s (%(utc)s UTC)", time=wall, utc=utc)
