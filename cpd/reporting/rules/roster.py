"""The rows of a file for CE Broker: its columns, and what keeps a completion out of it.

The columns are those of CE Broker's page about reporting full course credit with Excel: A provider
number without “50-”, B course tracking number without “20-”, C own course id, D publishing number,
E license number, F completion date, G `State=XX`, H `Profession=code`.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from cpd.credit.rules.authorities import Authority, guess_authority
from cpd.credit.rules.issue_checks import is_license_number

PROVIDER_PREFIX, COURSE_PREFIX = "50-", "20-"
MOST_ROWS = 1000
"""The most rows of one file; what is left goes into the next one."""
_NUMBER = re.compile(r"[0-9]{1,12}")
_STATE = re.compile(r"[A-Z]{2}")
_PROFESSION = re.compile(r"[A-Z0-9]{1,10}")

Cell = str | date
"""A cell holds a text or a day; an empty text is an empty cell."""


@dataclass(frozen=True)
class RosterNumbers:
    """Under which numbers and codes CE Broker knows the provider for one authority."""

    provider_number: str
    """Without “50-”."""
    state: str
    profession: str


@dataclass(frozen=True)
class Completion:
    """What a certificate says of a completion that is to be reported."""

    license_number: str
    """Exactly as its holder typed it; empty if the certificate states none."""
    completed_on: date
    course_number: str
    """Without “20-”; empty if none is on file."""


class RowFault(StrEnum):
    """Why a completion cannot be reported yet."""

    NO_LICENSE = "no-license"
    MALFORMED_LICENSE = "malformed-license"
    NO_COURSE_NUMBER = "no-course-number"
    STILL_REFUSED = "still-refused"
    """CE Broker refused exactly this license number before."""


def find_row_faults(
    completion: Completion, refused_numbers: Collection[str] = ()
) -> tuple[RowFault, ...]:
    """Return what keeps a completion out of a file."""
    number = completion.license_number
    found = {
        RowFault.NO_LICENSE: not number,
        RowFault.MALFORMED_LICENSE: bool(number) and not is_license_number(number),
        RowFault.NO_COURSE_NUMBER: not completion.course_number,
        RowFault.STILL_REFUSED: bool(number) and number in refused_numbers,
    }
    return tuple(fault for fault, holds in found.items() if holds)


def is_without_letters(number: str) -> bool:
    """Tell whether a license number has digits only, though states mostly put letters before them.

    CE Broker wants the full number as it stands in the state's database. Some have no letters, so
    this is a question and no fault.
    """
    return bool(number) and not any(sign.isalpha() for sign in number)


def parse_tracking_number(text: str, prefix: str) -> str | None:
    """Return a number of CE Broker without its prefix, or None if the text is no such number."""
    bare = text.strip().removeprefix(prefix)
    return bare if _NUMBER.fullmatch(bare) else None


def find_prefixed_number(text: str, prefix: str) -> str:
    """Return the number in a text that begins with the prefix, as on an approval; else empty."""
    return parse_tracking_number(text, prefix) or "" if text.startswith(prefix) else ""


def parse_state(text: str) -> str | None:
    """Return the abbreviation of a state, or None if the text is none."""
    letters = text.strip().upper()
    return letters if _STATE.fullmatch(letters) else None


def parse_profession(text: str) -> str | None:
    """Return a profession code, or None if the text is none."""
    code = text.strip().upper()
    return code if _PROFESSION.fullmatch(code) else None


def build_completion(
    facts: Mapping[str, Any],
    authority: Authority,
    known: Sequence[Authority],
    *,
    course_number: str = "",
) -> Completion:
    """Return what the facts of a certificate say; the number of the course may be on it too."""
    printed = find_prefixed_number(facts.get("course_number", ""), COURSE_PREFIX)
    return Completion(
        license_number=find_license_number(facts, authority, known),
        completed_on=date.fromisoformat(facts["completed"]["on"]),
        course_number=course_number or printed,
    )


def find_license_number(
    facts: Mapping[str, Any], authority: Authority, known: Sequence[Authority]
) -> str:
    """Return the number of the license that is under an authority; empty if that is not clear."""
    held = facts.get("licences", {"held": []})["held"]
    if len(held) > 1:
        held = [one for one in held if guess_authority(one["authority"], known) == authority]
    return str(held[0]["number"]) if len(held) == 1 else ""


def build_cells(numbers: RosterNumbers, completion: Completion) -> tuple[Cell, ...]:
    """Return the cells of a row, from column A to H."""
    return (
        numbers.provider_number,
        completion.course_number,
        "",
        "",
        completion.license_number,
        completion.completed_on,
        f"State={numbers.state}",
        f"Profession={numbers.profession}",
    )
