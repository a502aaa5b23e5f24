"""What the roles are called on pages, and what each is for."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from cpd.access.permissions import Role

ROLE_DESCRIPTIONS: Mapping[Role, Any] = {
    Role.LEARNER: _l("Learner: takes courses and exams"),
    Role.INSTRUCTOR: _l("Instructor: teaches in a school"),
    Role.SCHOOL_ADMIN: _l("School administrator: manages a school"),
    Role.AUTHOR: _l("Author: writes courses and cases"),
    Role.REVIEWER: _l("Reviewer: answers cases blind and signs them off"),
    Role.ADMINISTRATOR: _l("Administrator: manages people and the site"),
}
"""The name of each role, a colon, and what people with the role do."""


def label_of_role(role: Role) -> str:
    """Return the name of a role alone."""
    return str(ROLE_DESCRIPTIONS[role]).partition(":")[0]
