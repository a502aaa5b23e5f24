"""What this room adds to the site: the pages of schools."""

from cpd.courses import hooks
from cpd.joints.rooms import Room
from cpd.schools import views

ROOM = Room(
    blueprint=views.bp, fills=(hooks.home_panels.filled_by(views.render_home_panel, order=10),)
)
