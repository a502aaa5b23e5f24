"""What this room adds to the site; it also declares the tables of `cpd.db`."""

from cpd.joints.rooms import Room

ROOM = Room(impersonal=("host_keys", "marks", "schema_windows"))
