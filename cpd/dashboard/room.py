"""What this room adds to the site."""

from flask_babel import lazy_gettext as _l

from cpd.access.guard import current_actor
from cpd.access.permissions import Area
from cpd.accounts.hooks import person_panels
from cpd.courses.hooks import personal_home
from cpd.dashboard import home, person_panel, views
from cpd.joints.rooms import NavItem, Room


def _build_area_link(area: Area, label: str, *covers: str, order: int) -> NavItem:
    """Return the link to an area's part of the home page; whoever has one area needs no anchor."""
    return NavItem(
        label,
        "courses.home",
        order=order,
        covers=covers,
        is_shown=lambda: area in current_actor().areas,
        values=lambda: {"_anchor": area.value} if len(current_actor().areas) > 1 else {},
    )


ROOM = Room(
    blueprint=views.bp,
    navigation=(
        _build_area_link(
            Area.LEARN,
            _l("Learn"),
            "courses",
            "quizzes",
            "certificates",
            "dashboard",
            order=11,
        ),
        _build_area_link(Area.TEACH, _l("Teach"), "schools", "courses", order=12),
        _build_area_link(
            Area.WRITE, _l("Write"), "authoring", "remarks", "evaluations", "courses", order=13
        ),
        _build_area_link(
            Area.RUN,
            _l("Run"),
            "accounts.people",
            "accounts.data_requests.index",
            "schools",
            "remarks",
            "reporting",
            "evaluations",
            "courses",
            order=14,
        ),
    ),
    answers=(personal_home.answered_by(home.render_home),),
    fills=(person_panels.filled_by(person_panel.render_record_of_person, order=10),),
)
