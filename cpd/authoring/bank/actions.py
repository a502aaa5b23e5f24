"""Starting drafts of several published files at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.authoring.drafts.actions import start_draft
from cpd.authoring.drafts.models import Draft
from cpd.authoring.drafts.queries import find_course_files
from cpd.authoring.publish.queries import find_newest_course_revision, find_revisions_of_files
from cpd.courses.models import CourseRow, Revision


@dataclass(frozen=True)
class PublishedFile:
    """A published file of which a draft can be started."""

    course: CourseRow
    path: str
    text: str
    base: Revision | None


def prepare_files(session: Session, files: Sequence[tuple[CourseRow, str]]) -> list[PublishedFile]:
    """Read the published texts of files; those that are not published now are left out."""
    ready: list[PublishedFile] = []
    for course in {course.id: course for course, _ in files}.values():
        texts = find_course_files(session, course)
        newest = find_newest_course_revision(session, course.slug)
        paths = [path for of, path in files if of.id == course.id and path in texts]
        bases = find_revisions_of_files(session, newest, paths)
        ready += [PublishedFile(course, path, texts[path], bases.get(path)) for path in paths]
    return ready


def start_drafts(
    session: Session, files: Sequence[PublishedFile], *, actor: Actor, now: datetime
) -> list[Draft]:
    """Start a draft of each file, or return the open one."""
    return [
        start_draft(
            session, file.course, file.path, file.text, base=file.base, actor=actor, now=now
        )
        for file in files
    ]
