"""What this room is to the others."""

from flask_babel import lazy_gettext as _l

from cpd.courses import hooks, renderings, views
from cpd.joints.rooms import NavItem, Room

ROOM = Room(
    blueprint=views.bp,
    navigation=(
        NavItem(_l("Courses"), "courses.catalogue", order=10, covers=("courses", "quizzes")),
    ),
    asks=(
        hooks.section_practice,
        hooks.practice_to_read,
        hooks.exam_panel,
        hooks.practice_done,
        hooks.open_case_card,
        renderings.make,
    ),
)
