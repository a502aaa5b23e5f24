"""What can happen to a file, to its rows, and to what somebody completed."""

import re
from enum import StrEnum


class BatchState(StrEnum):
    """A file is made, and then sent or abandoned."""

    MADE = "made"
    SENT = "sent"
    ABANDONED = "abandoned"


class BatchRefusal(StrEnum):
    """Why no file was made, or why it stays as it is."""

    NO_NUMBERS = "no-numbers"
    """Nobody has entered the numbers of the provider."""
    NOTHING = "nothing"
    """Nothing can be reported now."""
    CLOSED = "closed"
    """It was sent or abandoned before."""
    ANSWERED = "answered"
    """CE Broker has answered to it."""


class RowState(StrEnum):
    """What became of a row; a completion has at most one that is claimed or accepted."""

    CLAIMED = "claimed"
    """It is in a file, and CE Broker has not answered."""
    ACCEPTED = "accepted"
    REFUSED = "refused"
    RELEASED = "released"
    """Its file was abandoned, so nobody has seen it."""
    TAKEN_BACK = "taken-back"
    """CE Broker removed it, because the certificate was corrected or withdrawn."""


LIVE = frozenset({RowState.CLAIMED, RowState.ACCEPTED})
"""The states of a row that keep the same completion out of every other file."""


class CorrectionKind(StrEnum):
    """Why a row that CE Broker has is no longer right."""

    NUMBER = "number"
    """The holder corrected the license number."""
    WITHDRAWN = "withdrawn"
    """The certificate was withdrawn."""


class Owner(StrEnum):
    """Who can put right what CE Broker refused."""

    HOLDER = "holder"
    PROVIDER = "provider"


_ABOUT_LICENSE = re.compile(r"\blicen[sc](?:e|es|ee|ees|ing|ure)\b", re.IGNORECASE)


def find_owner(message: str) -> Owner:
    """Return who can put right what a message complains of: a license is its holder's."""
    return Owner.HOLDER if _ABOUT_LICENSE.search(message) else Owner.PROVIDER
