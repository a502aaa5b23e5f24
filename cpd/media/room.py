"""What this room adds to the site: the pictures of courses, in a table without personal data."""

from cpd.joints.rooms import Room
from cpd.media.views import bp

ROOM = Room(blueprint=bp, impersonal=("media",))
