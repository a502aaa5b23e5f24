"""What may be asked for under dual control: each room fills in its own acts."""

from cpd.dual_control.rules.requests import Purpose, UnknownPurposeError
from cpd.joints.questions import Slot

purposes: Slot[[], Purpose] = Slot()
"""One act each; a room fills it in its `room.py`."""


def known(name: str) -> Purpose:
    """Return a purpose that a room fills in; raises UnknownPurposeError."""
    for purpose in purposes():
        if purpose.name == name:
            return purpose
    raise UnknownPurposeError(name)
