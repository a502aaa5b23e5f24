"""What this room answers lower ones: a person's schools, for the home page."""

from flask import render_template
from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor, Permission
from cpd.organisations import queries


def home_panel(session: Session, actor: Actor) -> Markup:
    """Return the schools in which the actor works as a part of the home page; else nothing."""
    scopes = actor.schools_with(Permission.SCHOOL_READ)
    if not scopes:
        return Markup("")
    schools = queries.schools(session, *scopes)
    return Markup(render_template("schools/_home.html", schools=schools))  # noqa: S704 - escaped by the template
