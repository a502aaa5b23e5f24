"""Importing exactly what a plan shows, as drafts."""

from datetime import datetime

from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.authoring.drafts import actions as drafting
from cpd.authoring.drafts.actions import SaveOutcome
from cpd.authoring.new_courses.actions import create_course
from cpd.authoring.publish.queries import (
    find_newest_course_revision,
    find_revisions_of_files,
    lock_existing_course,
)
from cpd.authoring.transfers import queries
from cpd.authoring.transfers.plans import Plan
from cpd.courses.models import CourseRow
from cpd.kernel import raster
from cpd.media import actions as media


class FilesMovedError(Exception):
    """A file of the course was changed after the plan was made."""


def import_into_course(
    session: Session, course: CourseRow, plan: Plan, *, actor: Actor, now: datetime
) -> None:
    """Start or change a draft of each file of a plan; all of them or none.

    A draft that is open keeps its earlier text in its history. Raises FilesMovedError.
    """
    course = lock_existing_course(session, course.slug)
    files = plan.written_files
    present = queries.find_present_files(session, course)
    if any(present.texts.get(file.path) != file.before for file in files):
        raise FilesMovedError
    newest = find_newest_course_revision(session, course.slug)
    bases = find_revisions_of_files(session, newest, [file.path for file in files])
    for file in files:
        draft = present.drafts.get(file.path)
        if draft is None:
            base = bases.get(file.path)
            draft = drafting.start_draft(
                session, course, file.path, file.text, base=base, actor=actor, now=now
            )
            is_written = draft.text == file.text
        else:
            saved = drafting.save_draft(
                session,
                draft.id,
                file.text,
                begun_with=draft.text_hash,
                actor=actor,
                now=now,
            )
            is_written = saved.outcome is SaveOutcome.SAVED
        if not is_written:
            raise FilesMovedError
    _store_pictures(session, plan, now=now)
    _note_import(session, course, plan, actor=actor, now=now)


def import_as_new_course(
    session: Session, slug: str, plan: Plan, *, actor: Actor, now: datetime
) -> CourseRow:
    """Begin a hidden course with a draft of each file of a plan; raises SlugTakenError."""
    files = {file.path: file.text for file in plan.written_files}
    course = create_course(session, slug, files, actor=actor, now=now)
    _store_pictures(session, plan, now=now)
    _note_import(session, course, plan, actor=actor, now=now)
    return course


def _store_pictures(session: Session, plan: Plan, *, now: datetime) -> None:
    for picture in plan.pictures.values():
        media.store_media(session, picture, raster.TYPE, now=now)


def _note_import(
    session: Session, course: CourseRow, plan: Plan, *, actor: Actor, now: datetime
) -> None:
    audit.add_audit_entry(
        session,
        actor,
        "authoring:course:import",
        now=now,
        to=course.public_id,
        files=len(plan.written_files),
        digest=plan.digest,
    )
