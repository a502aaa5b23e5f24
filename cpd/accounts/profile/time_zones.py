"""The time zones from which people choose: by country, under the names used there."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from babel import Locale
from babel.core import get_global
from flask_babel import lazy_gettext as _l

from cpd.accounts.rules.zones import NOT_CHOSEN, UTC
from cpd.web.formatting import current_page_locale
from cpd.web.forms import build_choice


@cache
def list_zones_by_country() -> Sequence[tuple[str, str]]:
    """Return pairs of country and zone; large countries have several."""
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    return tuple((row[0], row[2]) for row in rows)


@cache
def map_former_zone_names() -> Mapping[str, str]:
    """Return the current name of each zone that was renamed: browsers still send former names."""
    current = {zone for _, zone in list_zones_by_country()}
    aliases: Mapping[str, str] = get_global("zone_aliases")
    return {
        old: new for old, new in sorted(aliases.items()) if new in current and old not in current
    }


def build_zone_choices(stored: str) -> list[Any]:
    """Return all zones grouped by country, and the stored one if it has a former name."""
    known = {zone for _, zone in list_zones_by_country()} | {UTC, *NOT_CHOSEN}
    own = [] if stored in known else [build_choice(stored, stored)]
    return [*own, *_build_localized_zone_choices(str(current_page_locale()))]


@cache
def _build_localized_zone_choices(locale: str) -> Sequence[Any]:
    parsed = Locale.parse(locale)
    listed = sorted(
        (parsed.territories.get(country, country), _build_zone_label(zone, parsed), zone)
        for country, zone in list_zones_by_country()
    )
    elsewhere = build_choice(UTC, "UTC", group=_l("Elsewhere"))
    return (
        *(build_choice(zone, label, group=country) for country, label, zone in listed),
        elsewhere,
    )


def _build_zone_label(zone: str, locale: Locale) -> str:
    """Return the label of a zone in the list: "Chicago (Central Time)", or only "Kolkata"."""
    place = ", ".join(reversed(zone.replace("_", " ").split("/")[1:]))
    spans: Mapping[str, str] = get_global("meta_zones")
    span = next((spans[name] for name in (zone, *_former_names_of_zone(zone)) if name in spans), "")
    name = locale.meta_zones.get(span, {}).get("long", {}).get("generic")
    return f"{place} ({name})" if name else place


def _former_names_of_zone(zone: str) -> list[str]:
    return [former for former, current in map_former_zone_names().items() if current == zone]
