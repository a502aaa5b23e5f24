"""What this room is to the others."""

from cpd.dual_control import actions, jobs
from cpd.joints.personal import Erasure, PersonalData
from cpd.joints.rooms import Room

ROOM = Room(
    jobs={actions.EXPIRE: jobs.expire},
    personal=(
        PersonalData(
            "dual_control_requests",
            ("asked_by", "answered_by", "reason"),
            Erasure.KEEP,
            retention="for ever: it proves that two people stood behind an act",
        ),
    ),
)
