"""What the pages of authors begin with: the course or the draft in the address."""

from flask import abort

from cpd.access.guard import current_actor
from cpd.authoring.drafts import queries
from cpd.authoring.drafts.models import Draft
from cpd.courses.models import CourseRow
from cpd.db import db


def draft_or_404(public_id: str) -> Draft:
    """Return the draft in the address, in whatever state, if the actor may write for its course."""
    return queries.find_draft(db.session(), current_actor(), public_id) or abort(404)


def written_course_or_404(slug: str) -> CourseRow:
    """Return the course in the address if the actor may write for it."""
    return queries.find_written_course(db.session(), current_actor(), slug) or abort(404)
