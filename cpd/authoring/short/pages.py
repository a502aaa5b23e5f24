"""What the pages that make new files begin with: the course as it is, and who writes."""

from flask import abort

from cpd.access.guard import current_actor
from cpd.accounts import queries as people
from cpd.authoring.drafts import queries as drafts
from cpd.authoring.short.making import Shelf
from cpd.courses.models import CourseRow
from cpd.db import db


def shelf_or_404(row: CourseRow) -> Shelf:
    """Return the course with all open drafts; without them if they break it."""
    session = db.session()
    open_drafts = drafts.find_open_drafts(session, current_actor(), course=row)
    files = drafts.find_course_files(session, row)
    loaded = drafts.load_course_with_drafts(session, row, open_drafts)
    if loaded.bundle is None:
        loaded = drafts.load_course_with_drafts(session, row, [])
    if loaded.bundle is None:
        abort(404)
    return Shelf(loaded.bundle, {*files, *(draft.path for draft in open_drafts)})


def find_own_name() -> str:
    """Return the name of the person who asks."""
    actor = current_actor()
    return people.find_names_by_subject(db.session(), {actor.subject})[actor.subject]
