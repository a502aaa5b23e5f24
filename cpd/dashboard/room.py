"""What this room adds to the site."""

from flask_babel import lazy_gettext as _l

from cpd.access.guard import current_actor
from cpd.access.permissions import Permission
from cpd.dashboard import views
from cpd.joints.rooms import NavItem, Room


def _may_actor_study() -> bool:
    return current_actor().may(Permission.COURSE_STUDY)


ROOM = Room(
    blueprint=views.bp,
    navigation=(
        NavItem(_l("My record"), "dashboard.learner_record", order=20, is_shown=_may_actor_study),
    ),
)
