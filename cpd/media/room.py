"""What this room is to the others."""

from cpd.joints.rooms import Room

ROOM = Room(impersonal=("media",))
