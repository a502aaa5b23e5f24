"""What pages of schools begin with: whom the reader may see, and the row in the address, or 404."""

from typing import Any

from flask import abort, render_template

from cpd.access.guard import current_actor, current_scope
from cpd.access.permissions import Permission
from cpd.db import db
from cpd.organisations import queries as organisations
from cpd.organisations.models import Membership, School
from cpd.schools import hooks
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.queries import find_assignment
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach, build_reach, find_cohort, find_learner

INVALID = 422
CONFLICT = 409

_ASKED = {
    "may_assign": Permission.ASSIGNMENT_MANAGE,
    "may_edit_classes": Permission.COHORT_MANAGE,
    "may_edit_school": Permission.SCHOOL_EDIT,
    "may_edit_roster": Permission.ROSTER_EDIT,
    "may_grant": Permission.ACCOMMODATION_GRANT,
}
"""What pages of schools ask about their reader, by the names in templates."""


def current_reach() -> Reach:
    """Return the classes that the reader may see in the school that the URL names."""
    return build_reach(current_actor(), current_scope())


def find_current_school() -> School:
    """Return the school that the URL names."""
    return organisations.find_school(db.session(), current_scope())


def find_cohort_or_404(public_id: str) -> Cohort:
    """Return the class in the address."""
    return find_cohort(db.session(), current_reach(), public_id) or abort(404)


def find_assignment_or_404(public_id: str) -> Assignment:
    """Return the assignment in the address."""
    return find_assignment(db.session(), current_reach(), public_id) or abort(404)


def find_learner_or_404(public_id: str) -> Membership:
    """Return the learner in the address."""
    return find_learner(db.session(), current_reach(), public_id) or abort(404)


def render_school_page(template: str, school: School, **values: Any) -> str:
    """Return a page of a school, with the links to its other pages."""
    actor = current_actor()
    links = [link for link in hooks.school_links(actor, school) if link is not None]
    may = {name: actor.may(permission, within=school.scope) for name, permission in _ASKED.items()}
    return render_template(template, school=school, links=links, **may, **values)
