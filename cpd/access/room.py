"""What this room adds to the site."""

from cpd.access import guard
from cpd.joints.personal import Erasure, PersonalData
from cpd.joints.rooms import Room

ROOM = Room(
    asks=(
        guard.who_is_asking,
        guard.recently_authenticated,
        guard.reader_zone,
        guard.reader_country,
    ),
    personal=(
        PersonalData(
            "audit_entries",
            ("actor", "on_behalf_of", "detail"),
            Erasure.KEEP,
            retention="forever: the trail shows who did what, and nobody may change it",
        ),
    ),
)
