"""Activities that a therapist wants to count: courses taken here or elsewhere."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from cpd.credit.rules.authority_file import Mode

_UNITS = re.compile(r"[0-9]{1,4}([.,][0-9]{1,2})?")


class Manner(StrEnum):
    """How an activity was taught."""

    HANDS_ON = "hands-on"
    """In person and supervised, with hands-on work."""
    IN_PERSON = "in-person"
    """In person, without hands-on work."""
    LIVE_ONLINE = "live-online"
    SELF_PACED_ONLINE = "self-paced-online"
    SELF_PACED = "self-paced"
    """On paper, with recordings, or otherwise at one's own pace, and not online."""


MODES: Mapping[Manner, frozenset[Mode]] = {
    Manner.HANDS_ON: frozenset({"hands-on"}),
    Manner.IN_PERSON: frozenset(),
    Manner.LIVE_ONLINE: frozenset({"online"}),
    Manner.SELF_PACED_ONLINE: frozenset({"online", "self-study"}),
    Manner.SELF_PACED: frozenset({"self-study"}),
}
"""The ways of learning for which authorities have quotas; each manner may be several."""


@dataclass(frozen=True)
class Activity:
    """One activity, as far as one license is concerned."""

    id: str
    title: str
    organizer: str
    completed_on: date
    minutes: int
    manner: Manner
    category: str = ""
    """The subject that it counts as with this authority; empty for none in particular."""
    stated: Decimal | None = None
    """How many units of the authority its certificate states."""
    course_id: int | None = None
    """The course of this site that it is; None for what was completed elsewhere."""

    @property
    def modes(self) -> frozenset[Mode]:
        """The ways of learning that it counts as."""
        return MODES[self.manner]

    @property
    def marks(self) -> frozenset[str]:
        """What activities that are the same one share: title and organizer, or the course."""
        words = "\n".join(fold_words(text) for text in (self.title, self.organizer))
        return frozenset({words} if self.course_id is None else {words, f"\n{self.course_id}"})


def fold_words(text: str) -> str:
    """Return a text without the differences that people make when they write it twice."""
    letters = (
        " " if unicodedata.category(letter)[0] in "PSZC" else letter
        for letter in unicodedata.normalize("NFKC", text).casefold()
    )
    return " ".join("".join(letters).split())


def parse_units(text: str) -> Decimal | None:
    """Return a number above 0 with at most two decimals, or None if the text is no such number."""
    if not _UNITS.fullmatch(text):
        return None
    return Decimal(text.replace(",", ".")) or None
