"""The part of the page of a class that leads to its lessons."""

from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor, Permission
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach
from cpd.web.markup import render_markup


def render_lessons_panel(session: Session, actor: Actor, reach: Reach, cohort: Cohort) -> Markup:
    """Return the link to the lessons of a class, for those who may teach one."""
    del session
    if not actor.may(Permission.LESSON_TEACH, within=reach.scope):
        return Markup("")
    return render_markup("schools/lessons/_panel.html", cohort=cohort)
