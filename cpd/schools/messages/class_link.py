"""The part of a class's page that leads to writing to it."""

from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor, Permission
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach
from cpd.web.markup import render_markup


def render_class_link(_session: Session, actor: Actor, reach: Reach, cohort: Cohort) -> Markup:
    """Return the link, for people who may write to the class."""
    if not actor.may(Permission.ANNOUNCEMENT_SEND, within=reach.scope):
        return Markup("")
    return render_markup(
        "schools/messages/_class_link.html", slug=cohort.school.slug, cohort=cohort
    )
