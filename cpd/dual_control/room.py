"""What this room is to the others."""

from cpd.dual_control import actions, jobs
from cpd.joints.rooms import Room

ROOM = Room(jobs={actions.EXPIRE: jobs.expire})
