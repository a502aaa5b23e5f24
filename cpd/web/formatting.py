"""Formatting times, scores and addresses in the reader's zone and language; only this rounds."""

from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import get_locale
from wtforms import Form

from cpd.access import guard
from cpd.content.languages import format_attributes_of_text, format_plain
from cpd.kernel import addresses, percentages

_VULGAR = {
    Fraction(1, 4): "¼",
    Fraction(1, 3): "⅓",
    Fraction(1, 2): "½",
    Fraction(2, 3): "⅔",
    Fraction(3, 4): "¾",
}


def init_app(app: Flask) -> None:
    """Add the filters to the templates."""
    app.jinja_env.filters.update(
        instant=format_instant,
        day=format_day,
        day_in_zone=format_day_with_zone,
        clock_time=format_clock_time,
        percent=format_percent,
        marks=format_marks,
        zone_name=format_zone_name,
        plain=format_plain,
        language_attributes=format_attributes_of_text,
        email_address=addresses.decode_address,
    )


def load_time_zone(name: str | None = None) -> ZoneInfo:
    """Return the zone of this name, or the reader's; UTC for an unknown name."""
    try:
        return ZoneInfo(guard.reader_zone() if name is None else name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def format_zone_name(name: str | None = None) -> str:
    """Return the last part of a zone's name, such as Chicago."""
    return load_time_zone(name).key.rpartition("/")[2].replace("_", " ")


def format_instant(moment: datetime, name: str | None = None) -> str:
    """Return an instant to the minute, with its zone: 21 Nov 2026, 14:31 (Chicago).

    In an hour that a clock shows twice, it also says which of the two: 01:31 (Chicago, CDT).
    """
    zone = load_time_zone(name)
    shown = format_datetime(moment, "d MMM y, HH:mm", tzinfo=zone, locale=current_page_locale())
    place = format_zone_name(name)
    local = moment.astimezone(zone)
    return (
        f"{shown} ({place}, {_name_offset(local)})" if _is_doubled(local) else f"{shown} ({place})"
    )


def _is_doubled(local: datetime) -> bool:
    """Say whether a clock in the zone shows this time twice."""
    return local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()


def _name_offset(local: datetime) -> str:
    """Return what the zone calls its offset: EST, or UTC-03 where it has no name."""
    name = local.strftime("%Z")
    return name if name.isalpha() else f"UTC{name}"


def format_clock_time(moment: datetime, name: str | None = None) -> str:
    """Return the time of day to the second: 14:12:08, with (UTC) if the zone is UTC."""
    shown = format_time(
        moment, "HH:mm:ss", tzinfo=load_time_zone(name), locale=current_page_locale()
    )
    return f"{shown} (UTC)" if load_time_zone(name).key == "UTC" else shown


def format_day(moment: date, name: str | None = None) -> str:
    """Return a day in full: 22 November 2026; an instant is first converted to the zone."""
    if isinstance(moment, datetime):
        moment = moment.astimezone(load_time_zone(name)).date()
    return format_date(moment, "d MMMM y", locale=current_page_locale())


def format_day_with_zone(moment: datetime, name: str | None = None) -> str:
    """Return the day of an instant with its zone: 22 November 2026 (Chicago)."""
    return f"{format_day(moment, name)} ({format_zone_name(name)})"


def format_percent(share: Fraction) -> str:
    """Return a share as a whole percentage, in the language of the page."""
    return percentages.format_percent(share, current_page_locale())


def format_marks(value: Fraction) -> str:
    """Return marks as people write them: 3½, or 0.42 if there is no such sign; never rounded up."""
    whole, rest = divmod(value, 1)
    if not rest:
        return str(whole)
    if rest in _VULGAR:
        return f"{whole or ''}{_VULGAR[rest]}"
    hundredths = int(value * 100)
    return format_decimal(
        Fraction(hundredths, 100).__float__(), "0.00", locale=current_page_locale()
    )


def count_form_errors(form: Form) -> int:
    """Return how many errors a form has."""
    return sum(len(errors) for errors in form.errors.values())


def current_page_locale() -> Locale:
    """Return the locale of the page."""
    return get_locale() or Locale("en", "GB")


def current_page_language() -> str:
    """Return the language of the interface, for the page's lang attribute."""
    return str(current_page_locale()).replace("_", "-")


def current_page_direction() -> str:
    """Return ltr or rtl, the writing direction of the language."""
    return str(current_page_locale().text_direction)
