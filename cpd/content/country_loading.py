"""Reading the files of countries; `country_file.py` says what they may hold."""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from cpd.content.country_tokens import Contact, Country

FOLDER = Path(__file__).parent / "countries"
COURSE_COUNTRY = "US"
"""The country whose words are counted and measured: courses are written for it."""
_DIGITS_APART = re.compile(r"(?<=[0-9]) (?=[0-9])")


@cache
def load_countries(folder: Path = FOLDER) -> Mapping[str, Country]:
    """Return all countries by their codes, in the order of their names."""
    found = [read_country(path) for path in folder.glob("*.yaml")]
    by_name = sorted(found, key=lambda country: country.short_name)
    return {country.code: country for country in by_name}


def load_course_country() -> Country:
    """Return the country for which courses are written."""
    return load_countries()[COURSE_COUNTRY]


def read_country(path: Path) -> Country:
    """Return the country in a file."""
    raw = path.read_bytes()
    data = yaml.safe_load(raw)
    return Country(
        code=data["code"],
        name=data["name"],
        checked=data["checked"],
        version=hashlib.sha256(raw).hexdigest()[:12],
        is_fahrenheit_first=data["fahrenheit_first"],
        contacts={
            name: Contact(
                text=_keep_number_together(entry["text"]),
                listed=_keep_number_together(entry.get("listed", entry["text"])),
                is_verified=entry.get("seen", True),
            )
            for name, entry in data["contacts"].items()
        },
        words=data.get("words", {}),
    )


def _keep_number_together(text: str) -> str:
    """Put no-break spaces between digits, so that a number never breaks across two lines."""
    return _DIGITS_APART.sub("\N{NO-BREAK SPACE}", text)
