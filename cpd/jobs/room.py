"""What this room adds to the site."""

from cpd.joints.personal import Erasure, PersonalData
from cpd.joints.rooms import Room

ROOM = Room(
    personal=(
        PersonalData(
            "outbox_items",
            ("payload",),
            Erasure.CLEAR,
            retention="until the work is done, which empties the column; it may hold an address",
            is_exported=False,
        ),
    ),
)
