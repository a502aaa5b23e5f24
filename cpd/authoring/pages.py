"""What the pages of authors begin with: the course or the draft in the address."""

from flask import abort, redirect, url_for

from cpd.access.guard import current_actor
from cpd.authoring.blind.queries import find_waiting_review
from cpd.authoring.drafts import queries
from cpd.authoring.drafts.models import Draft
from cpd.courses.models import CourseRow
from cpd.db import db
from cpd.kernel import clock


def draft_or_404(public_id: str) -> Draft:
    """Return the draft in the address, in whatever state, if the actor may write for its course.

    Whoever is asked to answer this file blind is sent there first: these pages show its key.
    """
    draft = queries.find_draft(db.session(), current_actor(), public_id) or abort(404)
    waiting = find_waiting_review(
        db.session(), current_actor(), draft.course_id, draft.path, now=clock.now()
    )
    if waiting is not None:
        abort(redirect(url_for("authoring.decide_blind", public_id=waiting.public_id), 303))
    return draft


def written_course_or_404(slug: str) -> CourseRow:
    """Return the course in the address if the actor may write for it."""
    return queries.find_written_course(db.session(), current_actor(), slug) or abort(404)
