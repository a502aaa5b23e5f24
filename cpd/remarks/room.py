"""What this room is to the others: a link to it stands at the foot of every page."""

from flask import request
from flask_babel import lazy_gettext as _l

from cpd.access.guard import current_actor
from cpd.access.permissions import Permission
from cpd.joints.personal import Erasure, PersonalData
from cpd.joints.rooms import NavItem, Room
from cpd.remarks import places, views

TELLING = frozenset({"remarks.ask", "remarks.sent", "remarks.tell"})
HOLDING_WORK = frozenset({"courses.tool", "courses.whole", "quizzes.answer", "quizzes.case"})
"""Pages that can hold what is kept nowhere yet: the form opens beside them."""


def _answers() -> bool:
    return current_actor().may(Permission.REMARK_ANSWER)


def _is_elsewhere() -> bool:
    return request.endpoint not in TELLING


ROOM = Room(
    blueprint=views.bp,
    navigation=(
        NavItem(_l("Remarks"), "remarks.index", order=70, is_shown=_answers),
        NavItem(
            _l("Something wrong here?"),
            "remarks.ask",
            order=90,
            place="foot",
            is_shown=_is_elsewhere,
            values=lambda: {"page": places.here()},
            opens_new_tab=lambda: request.endpoint in HOLDING_WORK,
        ),
    ),
    personal=(
        PersonalData(
            "remarks",
            ("text", "subject", "email", "source"),
            Erasure.DELETE,
            retention="until an administrator erases it, because it may be of use to whoever mends",
        ),
        PersonalData(
            "remark_moves",
            ("note", "actor"),
            Erasure.DELETE,
            retention="as long as the remark to which they belong",
        ),
    ),
)
