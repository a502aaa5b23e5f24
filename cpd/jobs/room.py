"""What this room is to the others."""

from cpd.joints.personal import Erasing, Personal
from cpd.joints.rooms import Room

ROOM = Room(
    personal=(
        Personal(
            "outbox_items",
            ("payload",),
            Erasing.CLEAR,
            keeps="until the work is done, which empties the column; it may hold an address",
            is_exported=False,
        ),
    ),
)
