"""What this room adds to the site."""

from cpd.dual_control import actions, jobs
from cpd.joints.personal import Erasure, PersonalData
from cpd.joints.rooms import Room

ROOM = Room(
    jobs={actions.EXPIRY_PURPOSE: jobs.expire_request},
    personal=(
        PersonalData(
            "dual_control_requests",
            ("asked_by", "answered_by", "reason"),
            Erasure.KEEP,
            retention="forever: it proves that two people agreed to an act",
        ),
    ),
)
