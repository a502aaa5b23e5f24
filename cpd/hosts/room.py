"""What this room is to the others; it speaks for the tables of the database itself too."""

from cpd.joints.rooms import Room

ROOM = Room(impersonal=("host_keys", "marks", "schema_windows"))
