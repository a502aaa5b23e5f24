"""What this room is to the others."""

from cpd.access import guard
from cpd.joints.rooms import Room

ROOM = Room(asks=(guard.who_is_asking, guard.proven_lately, guard.reader_zone))
