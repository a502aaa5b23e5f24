"""The published texts of a course as reviewers are asked about them, without changing them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access.permissions import SYSTEM
from cpd.authoring.drafts.models import Draft, DraftState, DraftVersion
from cpd.authoring.drafts.queries import load_course_with_drafts
from cpd.authoring.drafts.rules.saving import hash_text
from cpd.authoring.files.bundle import Bundle
from cpd.authoring.files.part import CoursePart
from cpd.authoring.publish import queries as published
from cpd.authoring.review.preparing import PreparedText, build_prepared_text
from cpd.authoring.review.sign_offs import MARKS_PATH
from cpd.cases.mark_table import MARK_TABLE, load_mark_table
from cpd.courses.models import CourseRow, Revision


class UnreadableCourseError(Exception):
    """The published files have faults under the rules of this release; the text names the first."""


@dataclass(frozen=True)
class PublishedText:
    """A published text, and what reviewers of it are sent."""

    path: str
    text: str
    """As reviewers read it: a card stands with the lists of signs that it includes."""
    revision: Revision | None
    """None for the marks of decisions, which are no file of a course."""
    prepared: PreparedText
    """Of no draft yet."""


def load_published_texts(
    session: Session, course: CourseRow, names: Collection[str]
) -> list[PublishedText]:
    """Load some published texts, by `type:slug`; slow, so it is done outside any transaction.

    Raises UnreadableCourseError.
    """
    loaded = load_course_with_drafts(session, course, [])
    bundle = loaded.bundle
    if bundle is None:
        raise UnreadableCourseError(str(loaded.faults[0]))
    revisions = published.find_newest_revisions(session, course.slug)
    texts = [
        _build_published_text(bundle, part, revisions[part.name])
        for part in bundle.parts
        if part.name in names and part.name in revisions
    ]
    return [*texts, *([_build_mark_table()] if MARK_TABLE in names else [])]


def _build_published_text(
    bundle: Bundle, part: CoursePart[Any], revision: Revision
) -> PublishedText:
    text = _write_text_with_lists(bundle, part)
    prepared = build_prepared_text(bundle, part.path, text, draft_id=0)
    return PublishedText(part.path, text, revision, prepared)


def _write_text_with_lists(bundle: Bundle, part: CoursePart[Any]) -> str:
    """Return the file of a part, followed by the lists that its readers see in it."""
    used = {use.slug for use in part.list_uses}
    lists = [one for one in bundle.lists if one.slug in used]
    if part.type == "case":
        return part.text
    return "\n".join([part.text, *(f"# {one.path}\n\n{one.text}" for one in lists)])


def _build_mark_table() -> PublishedText:
    text = load_mark_table()
    text_hash = hash_text(text)
    prepared = PreparedText(0, text, text_hash, text_hash, {}, {})
    return PublishedText(MARKS_PATH, text, None, prepared)


def find_or_add_standing_draft(
    session: Session, course: CourseRow, published_text: PublishedText, *, now: datetime
) -> Draft:
    """Return the row on which reviews of a published text hang; nobody writes in it."""
    revision, text = published_text.revision, published_text.text
    revision_id = revision.id if revision else None
    found = session.scalar(
        sa.select(Draft).where(
            Draft.course_id == course.id,
            Draft.path == published_text.path,
            Draft.state == DraftState.STANDING,
            Draft.text_hash == hash_text(text),
            Draft.base_revision_id.is_(None)
            if revision_id is None
            else Draft.base_revision_id == revision_id,
        )
    )
    return found or _add_standing_draft(session, course, published_text, revision_id, now=now)


def _add_standing_draft(
    session: Session,
    course: CourseRow,
    published_text: PublishedText,
    revision_id: int | None,
    *,
    now: datetime,
) -> Draft:
    text, writer = published_text.text, SYSTEM.subject
    draft = Draft(
        course_id=course.id,
        path=published_text.path,
        base_revision_id=revision_id,
        state=DraftState.STANDING,
        text=text,
        text_hash=hash_text(text),
        created_by=writer,
        created_at=now,
        edited_by=writer,
        edited_at=now,
    )
    session.add(draft)
    session.flush()
    session.add(
        DraftVersion(
            draft_id=draft.id,
            number=1,
            text=text,
            text_hash=draft.text_hash,
            editor=writer,
            begun_at=now,
            saved_at=now,
            is_autosave=False,
        )
    )
    return draft
