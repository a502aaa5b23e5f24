"""Beginning a file, and adding a section to the list of its course."""

from datetime import datetime

from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.authoring.drafts import queries
from cpd.authoring.drafts.actions import save_draft, start_draft
from cpd.authoring.drafts.models import Draft
from cpd.authoring.publish.queries import find_newest_course_revision, find_revision_of_file
from cpd.content import splice
from cpd.courses.models import CourseRow

_COURSE = "course.md"


def start_draft_of_new_file(
    session: Session, course: CourseRow, path: str, text: str, *, actor: Actor, now: datetime
) -> Draft:
    """Start the draft of a file that the course does not have."""
    return start_draft(session, course, path, text, base=None, actor=actor, now=now)


def add_section_to_course(
    session: Session, course: CourseRow, section: str, *, actor: Actor, now: datetime
) -> Draft:
    """Add a section to the end of the list in `course.md`, in its draft.

    Raises SpliceError or LookupError if that draft cannot be read.
    """
    draft = queries.find_open_draft_of_file(session, course, _COURSE)
    if draft is None:
        published = queries.find_course_files(session, course)[_COURSE]
        newest = find_newest_course_revision(session, course.slug)
        base = find_revision_of_file(session, newest, _COURSE) if newest else None
        draft = start_draft(session, course, _COURSE, published, base=base, actor=actor, now=now)
    sections = splice.read_value(draft.text, ("sections",))
    listed = sections if isinstance(sections, list) else []
    text = splice.set_value(draft.text, ("sections",), [*listed, section])
    return save_draft(
        session, draft.id, text, begun_with=draft.text_hash, actor=actor, now=now
    ).draft
