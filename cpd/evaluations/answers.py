"""What this room answers lower ones: links to the form for a course."""

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.evaluations import queries
from cpd.quizzes.reports import Link
from cpd.web.markup import render_markup


def evaluation_link(session: Session, actor: Actor, enrolment_id: int) -> Link | None:
    """Return the link to evaluate the actor's own course, until they have."""
    for certificate, _title in queries.not_yet_evaluated(session, actor, enrolment_id):
        return Link(
            url_for("evaluations.ask", public_id=certificate), gettext("Say what you think of it")
        )
    return None


def record_panel(session: Session, actor: Actor) -> Markup:
    """Return links to the courses that the actor may still evaluate; empty if there are none."""
    return render_markup("evaluations/_record.html", rows=queries.not_yet_evaluated(session, actor))
