"""What this room is to the others: the pages of schools."""

from cpd.joints.rooms import Room
from cpd.schools import views

ROOM = Room(blueprint=views.bp)
