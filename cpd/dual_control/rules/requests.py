"""The states of a request, what may be asked for, and why a request is not taken further."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from cpd.access.permissions import Permission

LONGEST_REASON = 400


class RequestState(StrEnum):
    """How far a request is; the last three are ends."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    EXPIRED = "expired"
    DONE = "done"


@dataclass(frozen=True)
class Purpose:
    """A kind of act that takes two people, as the room that carries it out declares it."""

    name: str
    """In the grammar of the audit trail, such as `certificates:certificate:revoke`."""
    permission: Permission
    """What both people need."""
    lasts: timedelta
    """How long after asking it may still be confirmed and carried out."""


class DualControlError(Exception):
    """A request cannot be made or taken further; each subclass says why."""


class UnknownPurposeError(DualControlError):
    """No room has declared the purpose."""


class MayNotError(DualControlError):
    """The actor is not a person, or lacks the purpose's permission."""


class NoReasonError(DualControlError):
    """Nothing is said about why."""


class LongReasonError(DualControlError):
    """The reason is longer than what can be kept; the text says how long it may be."""

    def __init__(self) -> None:
        super().__init__(f"Give the reason in at most {LONGEST_REASON} characters.")


class AlreadyAskedError(DualControlError):
    """The same act on the same object is being asked for, or is confirmed and not yet done."""


class SamePersonError(DualControlError):
    """Whoever asked cannot answer."""


class ExpiredError(DualControlError):
    """The time for it is over."""


class NotOpenError(DualControlError):
    """Somebody else has taken the request further, or it is not confirmed yet."""


class OtherPayloadError(DualControlError):
    """What is to be done is not what was confirmed."""
