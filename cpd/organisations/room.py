"""What this room is to the others."""

from cpd.joints.personal import Erasing, Personal
from cpd.joints.rooms import Room

ROOM = Room(
    personal=(
        Personal(
            "memberships",
            ("subject", "school_id"),
            Erasing.KEEP,
            keeps="for ever: a school must be able to say whose results it could see, and when",
        ),
    ),
    impersonal=("schools",),
)
