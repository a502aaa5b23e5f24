"""What this room adds to the site: a table without personal data."""

from cpd.joints.rooms import Room

ROOM = Room(impersonal=("media",))
