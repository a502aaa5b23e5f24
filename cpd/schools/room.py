"""What this room is to the others: the pages of schools."""

from cpd.courses import hooks
from cpd.joints.rooms import Room
from cpd.schools import answers, views

ROOM = Room(blueprint=views.bp, fills=(hooks.home_panels.filled_by(answers.home_panel, order=10),))
