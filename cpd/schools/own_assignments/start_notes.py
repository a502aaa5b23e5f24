"""What a learner is told before they start on their own what their school assigned to them."""

from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.kernel import clock
from cpd.schools.own_assignments.queries import find_own_assignments_to_do
from cpd.web.markup import render_markup


def render_start_note(session: Session, actor: Actor, slug: str) -> Markup:
    """Return where the reader finds a course under its assignments; empty if it has none."""
    found = find_own_assignments_to_do(session, actor, now=clock.now())
    assigned = [own for own in found if own.address.slug == slug and not own.is_excused]
    if not assigned:
        return Markup("")
    return render_markup("schools/assignments/_start_note.html", assigned=assigned)
