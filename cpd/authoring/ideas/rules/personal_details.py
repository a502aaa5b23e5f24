"""What in a story may say who a client is: names, telephone numbers, addresses, dates of birth."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Detail(StrEnum):
    """What a piece of text looks like."""

    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    DATE = "date"


@dataclass(frozen=True)
class PersonalDetail:
    """A piece of a story that may identify the client."""

    type: Detail
    text: str


_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
)
_DATES = re.compile(
    r"\b\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}\b|\b(?:19|20)\d{2}-\d{2}-\d{2}\b"
    rf"|\b(?:{_MONTHS})\.? \d{{1,2}},? (?:19|20)\d{{2}}\b"
    rf"|\b\d{{1,2}} (?:{_MONTHS})\.? (?:19|20)\d{{2}}\b"
    r"|\b(?:born|DOB|birthday)\b[^.\n]{0,20}?\d[\d./-]*",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.,;]+")
_PHONE = re.compile(r"(?<![\d.])\+?\(?\d[\d ().-]{6,}\d(?![\d])")
_FEWEST_DIGITS = 7
_NAME = re.compile(
    r"\b(?:(?:Mrs?|M(?:iss|s)|Dr)\.? [A-Z][\w’'-]+"
    r"|[A-Z][a-z’'-]+(?: [A-Z]\.)? [A-Z][a-z’'-]+[a-z])\b"
)
_COMMON = """
    A After All An And As At Before But By For From He Her His I If In It Its My No Not Now On One
    Our She Since So That The Then There They This Today We What When With You Yesterday Monday
    Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July
    August September October November December Plan Left Right
"""
_NO_NAMES = frozenset(_COMMON.split())


def find_personal_details(story: str) -> list[PersonalDetail]:
    """Return what looks as if it said who the client is, in the order of the story."""
    found = [*_find_dates_and_numbers(story), *_find_names(story)]
    return [detail for _, detail in sorted(found, key=lambda one: one[0])]


def _find_dates_and_numbers(story: str) -> Iterator[tuple[int, PersonalDetail]]:
    dates = list(_DATES.finditer(story))
    yield from ((found.start(), PersonalDetail(Detail.DATE, found[0])) for found in dates)
    for found in _EMAIL.finditer(story):
        yield found.start(), PersonalDetail(Detail.EMAIL, found[0])
    for found in _PHONE.finditer(story):
        digits = sum(sign.isdigit() for sign in found[0])
        is_date = any(date.start() < found.end() and found.start() < date.end() for date in dates)
        if digits >= _FEWEST_DIGITS and not is_date:
            yield found.start(), PersonalDetail(Detail.PHONE, found[0])


def _find_names(story: str) -> Iterator[tuple[int, PersonalDetail]]:
    for found in _NAME.finditer(story):
        if not _NO_NAMES.intersection(found[0].split()):
            yield found.start(), PersonalDetail(Detail.NAME, found[0])
