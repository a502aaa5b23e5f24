"""Why nothing was assigned or changed, in words."""

from collections.abc import Callable

import flask_babel

from cpd.schools.assignments.actions import AssignmentRefusal

_: Callable[..., str] = flask_babel.gettext


def describe_refusal(refusal: AssignmentRefusal) -> str:
    """Say why nothing was assigned or changed."""
    match refusal:
        case AssignmentRefusal.ARCHIVED:
            return _("This class is archived, so it accepts no new assignments.")
        case AssignmentRefusal.CANCELED:
            return _("This assignment was canceled.")
        case AssignmentRefusal.OPEN_ALREADY:
            return _(
                "This assignment has opened, so its opening date cannot be moved into the future."
            )
        case AssignmentRefusal.TERMS_FIXED:
            return _("This assignment has opened, so only its dates can be changed.")
        case _:
            return _("This course can no longer be assigned.")
