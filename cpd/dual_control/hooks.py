"""Which acts need two people: each room registers its own."""

from cpd.dual_control.rules.requests import Purpose, UnknownPurposeError
from cpd.joints.questions import Slot

purposes: Slot[[], Purpose] = Slot()
"""Each is one kind of act; a room adds its own in its `room.py`."""


def purpose_named(name: str) -> Purpose:
    """Return the purpose with this name; raises UnknownPurposeError."""
    for purpose in purposes():
        if purpose.name == name:
            return purpose
    raise UnknownPurposeError(name)
