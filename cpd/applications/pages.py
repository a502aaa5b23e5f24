"""What the pages of this room begin with: the course in the address, or 404."""

from flask import abort

from cpd.courses.models import PROVIDER, Revision
from cpd.courses.queries import find_course_row, find_newest_course_revision
from cpd.db import db


def newest_version_or_404(slug: str) -> Revision:
    """Return the newest version of a course of the provider."""
    row = find_course_row(db.session(), slug)
    if row is None or row.owner != PROVIDER:
        abort(404)
    return find_newest_course_revision(db.session(), None, slug) or abort(404)
