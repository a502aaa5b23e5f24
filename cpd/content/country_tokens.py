"""Tokens in texts: `{{emergency-number}}`, `{{lift}}`, `{{38.4 C}}`, and how each is filled in.

The set is closed. Without a country, a token becomes words that are right everywhere. What each
stands for in a country is data of the site and not of a course, in `countries/*.yaml`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType

CONTACTS: Mapping[str, str] = MappingProxyType({
    "emergency-number": "your local emergency number",
    "urgent-line": "an urgent service",
    "crisis-line": "a crisis line",
    "adult-at-risk": "the service for adults at risk where you work",
})  # fmt: skip
"""Whom to call or tell, each with the words that are shown without a country."""
WORDS: Mapping[str, str] = MappingProxyType({
    "emergency-department": "emergency department",
    "primary-care-doctor": "primary care doctor (GP)",
    "physical-therapist": "physical therapist (physiotherapist)",
    "gait-belt": "gait belt (transfer belt)",
    "lift": "lift (hoist)",
    "adhesive-bandage": "adhesive bandage (plaster)",
})  # fmt: skip
"""Words that differ between countries, with what is shown without a country."""
WRITTEN = re.compile(r"\{\{([^{}\n]{0,60})\}\}")
"""Anything that looks like a token."""
REMEDY = (
    f"Write one of {', '.join(f'{{{{{name}}}}}' for name in (*CONTACTS, *WORDS))}, "
    "or a temperature such as {{38.4 C}}; a capital letter may begin it."
)
_TEMPERATURE = re.compile(r"([0-9]{1,2}(?:\.[0-9])?)-c")


@dataclass(frozen=True)
class Contact:
    """Whom to call or tell in one country."""

    text: str
    """As sentences name it."""
    listed: str
    """As lists show it, with what a sentence has no room for."""
    is_verified: bool
    """Whether a page was seen that says so; sentences never name what was not."""


@dataclass(frozen=True)
class Country:
    """One country, as its file describes it."""

    code: str
    name: str
    """As it stands in a sentence: the United States."""
    checked: date
    """The day on which the pages were seen."""
    version: str
    """A fingerprint of the file."""
    is_fahrenheit_first: bool
    contacts: Mapping[str, Contact]
    words: Mapping[str, str]

    @property
    def short_name(self) -> str:
        """The name as a list shows it: United States."""
        return self.name.removeprefix("the ")

    @property
    def key(self) -> str:
        """What caches store it under: a changed file is another country to them."""
        return f"{self.code} {self.version}"


def parse_token(written: str) -> str | None:
    """Return the name of a token from what stands in its braces; None if there is no such token."""
    name = written.strip().replace(" C", "-c")
    is_known = name[:1].lower() + name[1:] in {*CONTACTS, *WORDS}
    return name if is_known or _TEMPERATURE.fullmatch(name) else None


def fill_token(name: str, country: Country | None = None) -> str:
    """Return what a token stands for in a country; in none, what is right everywhere."""
    temperature = _TEMPERATURE.fullmatch(name)
    if temperature:
        return _format_temperature(
            Decimal(temperature[1]), is_fahrenheit_first=not country or country.is_fahrenheit_first
        )
    words = _find_words(name[:1].lower() + name[1:], country)
    return words[:1].upper() + words[1:] if name[:1].isupper() else words


def fill_tokens_in_plain_text(text: str, country: Country | None) -> str:
    """Fill in the tokens of a text without markup; what is no token stays as it is."""

    def fill(found: re.Match[str]) -> str:
        name = parse_token(found[1])
        return found[0] if name is None else fill_token(name, country)

    return WRITTEN.sub(fill, text)


def _find_words(name: str, country: Country | None) -> str:
    if name in WORDS:
        return (country.words if country else WORDS).get(name, WORDS[name])
    contact = country.contacts.get(name) if country else None
    return contact.text if contact and contact.is_verified else CONTACTS[name]


def _format_temperature(celsius: Decimal, *, is_fahrenheit_first: bool) -> str:
    """Return both scales: 101.1 °F (38.4 °C), or the other way round."""
    exact = celsius * 9 / 5 + 32
    fahrenheit = f"{exact.quantize(Decimal('0.1'), ROUND_HALF_UP)}".removesuffix(".0")
    both = (f"{fahrenheit}\N{NO-BREAK SPACE}°F", f"{celsius}\N{NO-BREAK SPACE}°C")
    first, second = both if is_fahrenheit_first else both[::-1]
    return f"{first} ({second})"
