"""What this room is to the others."""

from cpd.joints.personal import Erasing, Personal
from cpd.joints.rooms import Room
from cpd.provider import current

ROOM = Room(
    personal=(
        Personal(
            "provider_profiles",
            ("contact", "complaints", "postal", "signatories"),
            Erasing.KEEP,
            keeps="until an administrator changes it: it names whoever answers for the site",
            is_exported=False,
        ),
    ),
    opens=current.init_app,
)
