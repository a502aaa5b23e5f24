"""The first rows of the workbench, as a part of the home page."""

from datetime import datetime

from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor, Permission
from cpd.authoring.bank.choices import find_courses_by_title
from cpd.authoring.bank.queries import find_own_drafts
from cpd.authoring.bank.waiting import find_waiting
from cpd.web.markup import render_markup


def render_first_rows(
    session: Session, actor: Actor, *, at_most: int, level: int, now: datetime
) -> Markup:
    """Return what waits for the actor and their newest drafts; empty for those who do not write."""
    if not actor.may(Permission.DRAFT_WRITE):
        return Markup("")
    courses = find_courses_by_title(session, actor)
    drafts = find_own_drafts(session, actor, page=1)
    return render_markup(
        "authoring/bank/_home.html",
        waiting=find_waiting(session, actor, courses, now=now).with_at_most(at_most),
        drafts=drafts.rows[:at_most] if drafts else [],
        titles={course.row.id: course.title for course in courses},
        level=level,
    )
