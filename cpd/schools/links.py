"""The links on every page of a school: home, classes, people, assignments and topics."""

from collections.abc import Callable

from flask import url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from cpd.access.permissions import Actor, Permission
from cpd.organisations.models import School
from cpd.schools.hooks import SchoolLink


def build_school_link(
    label: LazyString, endpoint: str, permission: Permission = Permission.SCHOOL_READ
) -> Callable[[Actor, School], SchoolLink | None]:
    """Return what fills `school_links` with a link to an endpoint, for people with a permission."""

    def build(actor: Actor, school: School) -> SchoolLink | None:
        if not actor.may(permission, within=school.scope):
            return None
        return SchoolLink(str(label), url_for(endpoint, slug=school.slug))

    return build


LINKS = (
    build_school_link(_l("To do"), "schools.show_school"),
    build_school_link(_l("Classes"), "schools.list_classes"),
    build_school_link(_l("People"), "schools.list_people"),
    build_school_link(_l("Invitations"), "schools.list_invitations", Permission.ROSTER_EDIT),
    build_school_link(_l("Assignments"), "schools.list_assignments"),
    build_school_link(_l("Safety topics"), "schools.show_topics"),
)
