"""The part of the page of an assignment that leads to its gradebook."""

from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor, Permission
from cpd.organisations.models import SchoolKind
from cpd.schools.assignments.models import Assignment
from cpd.schools.cohorts.queries import Reach
from cpd.web.markup import render_markup


def render_gradebook_links(
    session: Session, actor: Actor, reach: Reach, assignment: Assignment
) -> Markup:
    """Return the links to the gradebook, and to filling a file unless an employer looks."""
    del session
    if not actor.may(Permission.GRADE_READ, within=reach.scope):
        return Markup("")
    school = assignment.cohort.school
    return render_markup(
        "schools/gradebook/_links.html",
        school=school,
        assignment=assignment,
        is_employer=school.kind is SchoolKind.CLINIC,
    )
