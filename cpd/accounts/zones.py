"""The time zones that people choose from: by country, called as the country calls them."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from babel import Locale
from babel.core import get_global
from flask_babel import lazy_gettext as _l

from cpd.accounts.rules.zones import UNTOLD, UTC
from cpd.web.formatting import page_locale
from cpd.web.forms import choice


@cache
def by_country() -> Sequence[tuple[str, str]]:
    """Return country and zone as the time zone database pairs them; large countries have many."""
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    return tuple((row[0], row[2]) for row in rows)


@cache
def former_names() -> Mapping[str, str]:
    """Return what zones were called before, each with its name now: browsers still say these."""
    now = {zone for _, zone in by_country()}
    aliases: Mapping[str, str] = get_global("zone_aliases")
    return {old: new for old, new in sorted(aliases.items()) if new in now and old not in now}


def choices(stored: str) -> list[Any]:
    """Return all zones below their countries, and the stored one if it goes by a former name."""
    known = {zone for _, zone in by_country()} | {UTC, *UNTOLD}
    own = [] if stored in known else [choice(stored, stored)]
    return [*own, *_choices(str(page_locale()))]


@cache
def _choices(locale: str) -> Sequence[Any]:
    spoken = Locale.parse(locale)
    listed = sorted(
        (spoken.territories.get(country, country), _called(zone, spoken), zone)
        for country, zone in by_country()
    )
    elsewhere = choice(UTC, "UTC", group=_l("Elsewhere"))
    return (*(choice(zone, label, group=country) for country, label, zone in listed), elsewhere)


def _called(zone: str, locale: Locale) -> str:
    """Return a zone as its list shows it: Chicago (Central Time), or Kolkata alone."""
    place = ", ".join(reversed(zone.replace("_", " ").split("/")[1:]))
    spans: Mapping[str, str] = get_global("meta_zones")
    span = next((spans[name] for name in (zone, *_former(zone)) if name in spans), "")
    name = locale.meta_zones.get(span, {}).get("long", {}).get("generic")
    return f"{place} ({name})" if name else place


def _former(zone: str) -> list[str]:
    return [former for former, now in former_names().items() if now == zone]
