"""What this room adds to the site."""

from cpd.joints.personal import Erasure, PersonalData
from cpd.joints.rooms import Room
from cpd.provider import current

ROOM = Room(
    personal=(
        PersonalData(
            "provider_profiles",
            ("contact", "complaints", "postal", "signatories"),
            Erasure.KEEP,
            retention="until an administrator changes it: it names who is responsible for the site",
            is_exported=False,
        ),
    ),
    on_start=current.init_app,
)
