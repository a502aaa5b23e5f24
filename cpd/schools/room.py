"""What this room adds to the site: the pages of schools."""

from cpd.joints.rooms import Room
from cpd.schools import views

ROOM = Room(blueprint=views.bp)
