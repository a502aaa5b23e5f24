"""What lists and invitations add to the pages of a class and a learner; reads the database."""

from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor, Permission
from cpd.organisations.models import Membership
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach
from cpd.schools.roster import queries
from cpd.web.markup import render_markup


def render_class_panel(session: Session, actor: Actor, reach: Reach, cohort: Cohort) -> Markup:
    """Return who is invited into a class, for those who may invite."""
    if not actor.may(Permission.ROSTER_EDIT, within=reach.scope):
        return Markup("")
    counts = queries.count_invited_by_cohort(session, reach)
    return render_markup(
        "schools/roster/_class.html", cohort=cohort, invited_count=counts.get(cohort.id, 0)
    )


def render_learner_panel(
    session: Session, actor: Actor, reach: Reach, member: Membership
) -> Markup:
    """Return the button that removes somebody from the school, for those who may press it."""
    del session
    if member.until_at is not None or not actor.may(Permission.ROSTER_EDIT, within=reach.scope):
        return Markup("")
    return render_markup("schools/roster/_member.html", member=member, school=member.school)
