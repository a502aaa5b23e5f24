"""What this room answers lower ones: the way to say what one thinks of a course."""

from flask import render_template, url_for
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.evaluations import queries
from cpd.quizzes.results.hooks import Link


def evaluation_link(session: Session, actor: Actor, enrolment_id: int) -> Link | None:
    """Return the way to say something of the actor's own course, while they have not."""
    for certificate, _title in queries.still_asked(session, actor, enrolment_id):
        return Link(
            url_for("evaluations.ask", public_id=certificate), gettext("Say what you think of it")
        )
    return None


def record_panel(session: Session, actor: Actor) -> Markup:
    """Return the courses that the actor may still say something of; empty where there is none."""
    rows = queries.still_asked(session, actor)
    return Markup(render_template("evaluations/_record.html", rows=rows))  # noqa: S704 - escaped by the template
