"""The states of a request, what can be requested, and the errors that stop a request."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from cpd.access.permissions import Permission

LONGEST_REASON = 400


class RequestState(StrEnum):
    """How far a request has come; the last three are final."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    EXPIRED = "expired"
    DONE = "done"


@dataclass(frozen=True)
class Purpose:
    """A kind of act that takes two people, as declared by the room that carries it out."""

    name: str
    """In the form of audit actions, such as `certificates:certificate:revoke`."""
    permission: Permission
    """What both people need."""
    lasts: timedelta
    """How long after asking it may still be confirmed and carried out."""


class DualControlError(Exception):
    """A request cannot be made, answered or used; each subclass says why."""


class UnknownPurposeError(DualControlError):
    """No room has declared the purpose."""


class NotPermittedError(DualControlError):
    """The actor is not a person, or lacks the permission of the purpose."""


class MissingReasonError(DualControlError):
    """No reason is given."""


class ReasonTooLongError(DualControlError):
    """The reason is too long to be stored; the message says how long it may be."""

    def __init__(self) -> None:
        super().__init__(f"Give the reason in at most {LONGEST_REASON} characters.")


class AlreadyAskedError(DualControlError):
    """The same act on the same object has an open request."""


class SamePersonError(DualControlError):
    """The person who asked cannot answer."""


class ExpiredError(DualControlError):
    """The request has expired."""


class NotOpenError(DualControlError):
    """The request is no longer, or not yet, in the state that this step needs."""


class PayloadMismatchError(DualControlError):
    """What was asked for now is not what was confirmed."""
