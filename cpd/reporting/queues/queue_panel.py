"""The part of an administrator's home page that says what waits to be reported."""

from datetime import date

from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.reporting.queues.queries import find_report_queues
from cpd.web.markup import render_markup


def render_queue_panel(session: Session, actor: Actor, *, today: date, level: int) -> Markup:
    """Return what waits at each authority, below a heading of a level; empty if nothing waits."""
    queues = [it for it in find_report_queues(session, actor, today=today) if not it.is_empty]
    return render_markup("reporting/_home.html", queues=queues, today=today, level=level)
