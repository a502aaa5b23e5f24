"""What this room is to the others."""

from cpd.joints.personal import Erasure, PersonalData
from cpd.joints.rooms import Room

ROOM = Room(
    personal=(
        PersonalData(
            "memberships",
            ("subject", "school_id"),
            Erasure.KEEP,
            retention="for ever: a school must be able to say whose results it could see, and when",
        ),
    ),
    impersonal=("schools",),
)
