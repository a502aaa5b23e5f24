"""What this room adds to the site."""

from cpd.joints.personal import Erasure, PersonalData
from cpd.joints.rooms import Room

ROOM = Room(
    personal=(
        PersonalData(
            "schools",
            ("started_by",),
            Erasure.KEEP,
            retention="forever: a school must be able to say who started it",
        ),
        PersonalData(
            "memberships",
            ("subject", "school_id"),
            Erasure.KEEP,
            retention="forever: a school must be able to say whose results it could see, and when",
        ),
    ),
)
