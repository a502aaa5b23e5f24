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
from cpd.kernel import addresses

_VULGAR = {
    Fraction(1, 4): "¼",
    Fraction(1, 3): "⅓",
    Fraction(1, 2): "½",
    Fraction(2, 3): "⅔",
    Fraction(3, 4): "¾",
}


def init_app(app: Flask) -> None:
    """Add the filters to the templates."""
    for show in (instant, day, day_in_zone, clock_time, percent, marks, zone_name, email_address):
        app.jinja_env.filters[show.__name__] = show


def zone(name: str | None = None) -> ZoneInfo:
    """Return the zone of this name, or the reader's; UTC for an unknown name."""
    try:
        return ZoneInfo(guard.reader_zone() if name is None else name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def zone_name(name: str | None = None) -> str:
    """Return the last part of a zone's name, such as Chicago."""
    return zone(name).key.rpartition("/")[2].replace("_", " ")


def instant(moment: datetime, name: str | None = None) -> str:
    """Return an instant to the minute, with its zone: 21 Nov 2026, 14:31 (Chicago)."""
    shown = format_datetime(moment, "d MMM y, HH:mm", tzinfo=zone(name), locale=page_locale())
    return f"{shown} ({zone_name(name)})"


def clock_time(moment: datetime, name: str | None = None) -> str:
    """Return the time of day to the second: 14:12:08, with (UTC) if the zone is UTC."""
    shown = format_time(moment, "HH:mm:ss", tzinfo=zone(name), locale=page_locale())
    return f"{shown} (UTC)" if zone(name).key == "UTC" else shown


def day(moment: date, name: str | None = None) -> str:
    """Return a day in full: 22 November 2026; an instant is first converted to the zone."""
    if isinstance(moment, datetime):
        moment = moment.astimezone(zone(name)).date()
    return format_date(moment, "d MMMM y", locale=page_locale())


def day_in_zone(moment: datetime, name: str | None = None) -> str:
    """Return the day of an instant with its zone: 22 November 2026 (Chicago)."""
    return f"{day(moment, name)} ({zone_name(name)})"


def percent(share: Fraction) -> str:
    """Return a share as a whole percentage, rounded down: 74.9 % is not 75 %."""
    return f"{int(share * 100)}\N{NO-BREAK SPACE}%"


def marks(value: Fraction) -> str:
    """Return marks as people write them: 3½, or 0.42 if there is no such sign; never rounded up."""
    whole, rest = divmod(value, 1)
    if not rest:
        return str(whole)
    if rest in _VULGAR:
        return f"{whole or ''}{_VULGAR[rest]}"
    hundredths = int(value * 100)
    return format_decimal(Fraction(hundredths, 100).__float__(), "0.00", locale=page_locale())


def email_address(stored: str) -> str:
    """Return an address as people write it, with the letters of its domain."""
    return addresses.decode_address(stored)


def count_errors(form: Form) -> int:
    """Return how many errors a form has."""
    return sum(len(errors) for errors in form.errors.values())


def page_locale() -> Locale:
    """Return the locale of the page."""
    return get_locale() or Locale("en", "GB")


def page_language() -> str:
    """Return the language of the interface, for the page's lang attribute."""
    return str(page_locale()).replace("_", "-")


def page_direction() -> str:
    """Return ltr or rtl, the writing direction of the language."""
    return str(page_locale().text_direction)
