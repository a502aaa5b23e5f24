"""Writing drafts: starting, saving, going back to an earlier text, discarding."""

import enum
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.authoring.drafts import queries
from cpd.authoring.drafts.models import Draft, DraftState, DraftVersion
from cpd.authoring.drafts.rules.saving import (
    AUTOSAVES_JOINED_FOR,
    SavedText,
    clean_posted_text,
    hash_text,
)
from cpd.authoring.indexing.actions import index_draft, remove_drafts_from_index
from cpd.authoring.sources.disk import LEDGERS
from cpd.content.frontmatter import MAX_BYTES
from cpd.courses.models import CourseRow, Revision
from cpd.db import flush_or_raise
from cpd.jobs import outbox
from cpd.kernel import clock

INDEXING = "authoring-index-draft"
"""Names the job in the outbox that indexes what was saved while somebody wrote, once for each
version."""


class DraftTooLongError(Exception):
    """A text is longer than a file of a course may be, `MAX_BYTES`."""


class NotDraftableError(Exception):
    """The ledger is only added to, by what people do; nobody writes it."""


class DraftClosedError(Exception):
    """The draft was published or discarded meanwhile."""


class _TakenError(Exception):
    """Somebody else started a draft of this file at the same moment."""


class SaveOutcome(enum.Enum):
    """What became of a text that somebody saved."""

    SAVED = enum.auto()
    UNCHANGED = enum.auto()
    STALE = enum.auto()
    """Another text was saved since this one was begun; nothing was written."""


@dataclass(frozen=True)
class SaveReport:
    """The outcome of a save, and the draft as it is now."""

    outcome: SaveOutcome
    draft: Draft


def start_draft(
    session: Session,
    course: CourseRow,
    path: str,
    text: str,
    *,
    base: Revision | None,
    actor: Actor,
    now: datetime,
) -> Draft:
    """Return the open draft of a file, started with this text if there is none.

    Raises DraftTooLongError, and NotDraftableError for a ledger.
    """
    if path in LEDGERS.values():
        raise NotDraftableError(path)
    text = _clean_or_refuse_text(text)
    draft = queries.find_open_draft_of_file(session, course, path)
    if draft is not None:
        return draft
    draft = Draft(
        course_id=course.id,
        path=path,
        base_revision_id=base.id if base else None,
        text=text,
        text_hash=hash_text(text),
        created_by=actor.subject,
        created_at=now,
        edited_by=actor.subject,
        edited_at=now,
    )
    try:
        with session.begin_nested():
            session.add(draft)
            flush_or_raise(session, _TakenError)
    except _TakenError:
        found = queries.find_open_draft_of_file(session, course, path)
        if found is None:
            raise
        return found
    _add_version(session, draft, SavedText(actor.subject, now, is_autosave=False, begun_at=now))
    index_text_of_draft(session, draft)
    audit.add_audit_entry(
        session, actor, "authoring:draft:start", now=now, to=draft.public_id, path=path
    )
    return draft


def save_draft(
    session: Session,
    draft_id: int,
    text: str,
    *,
    begun_with: str,
    actor: Actor,
    now: datetime,
    is_autosave: bool = False,
) -> SaveReport:
    """Save a text unless somebody saved another one since its editor began.

    `begun_with` is the hash of the text that the editor had loaded or saved last. Raises
    DraftTooLongError, and DraftClosedError if the draft is no longer open.
    """
    text = _clean_or_refuse_text(text)
    draft, newest = _lock_open_draft(session, draft_id)
    if hash_text(text) == draft.text_hash:
        return SaveReport(SaveOutcome.UNCHANGED, draft)
    if begun_with != draft.text_hash:
        return SaveReport(SaveOutcome.STALE, draft)
    now = clock.keep_in_order(now, draft.edited_at)
    _write_text(session, draft, newest, text, actor=actor, now=now, is_autosave=is_autosave)
    return SaveReport(SaveOutcome.SAVED, draft)


def restore_draft_version(
    session: Session, draft_id: int, number: int, *, actor: Actor, now: datetime
) -> Draft:
    """Make an earlier text of a draft its newest; raises LookupError if there is no such text."""
    draft, newest = _lock_open_draft(session, draft_id)
    version = queries.find_draft_version(session, draft, number)
    if version is None:
        raise LookupError(number)
    if version.text_hash != draft.text_hash:
        now = clock.keep_in_order(now, draft.edited_at)
        _write_text(session, draft, newest, version.text, actor=actor, now=now, is_autosave=False)
    return draft


def discard_draft(session: Session, draft_id: int, *, actor: Actor, now: datetime) -> Draft:
    """Close a draft without publishing it; its texts stay in its history."""
    draft, _newest = _lock_open_draft(session, draft_id)
    draft.state = DraftState.DISCARDED
    remove_drafts_from_index(session, [draft.id])
    audit.add_audit_entry(
        session, actor, "authoring:draft:discard", now=now, to=draft.public_id, path=draft.path
    )
    return draft


def index_text_of_draft(session: Session, draft: Draft) -> None:
    """Let the case bank find an open draft by its present text."""
    index_draft(
        session,
        draft.id,
        course_id=draft.course_id,
        path=draft.path,
        text=draft.text,
        edited_at=draft.edited_at,
    )


def _clean_or_refuse_text(text: str) -> str:
    text = clean_posted_text(text)
    if len(text.encode()) > MAX_BYTES:
        raise DraftTooLongError
    return text


def _lock_open_draft(session: Session, draft_id: int) -> tuple[Draft, DraftVersion]:
    """Return a draft, locked, and its newest version; raises DraftClosedError."""
    draft, version = session.execute(
        _select_draft_to_lock(),
        {"draft_id": draft_id},
        execution_options={"populate_existing": True},
    ).one()
    if draft.state is not DraftState.OPEN:
        raise DraftClosedError
    return draft, version


@cache
def _select_draft_to_lock() -> sa.Select[Draft, DraftVersion]:
    """Select the draft of a `draft_id` with its newest version; built once for all saves."""
    newest = sa.and_(DraftVersion.draft_id == Draft.id, DraftVersion.number == Draft.version)
    return (
        sa.select(Draft, DraftVersion)
        .join(DraftVersion, newest)
        .where(Draft.id == sa.bindparam("draft_id"))
        .with_for_update(of=Draft)
    )


def _write_text(
    session: Session,
    draft: Draft,
    newest: DraftVersion,
    text: str,
    *,
    actor: Actor,
    now: datetime,
    is_autosave: bool,
) -> None:
    """Write a new text, as a version of its own or in the place of the autosave before it."""
    draft.text, draft.text_hash = text, hash_text(text)
    draft.edited_by, draft.edited_at = actor.subject, now
    saved = SavedText(actor.subject, now, is_autosave=is_autosave, begun_at=now)
    is_continued = _saved_text_of(newest).is_continued_by(saved)
    if is_continued:
        newest.text, newest.text_hash = draft.text, draft.text_hash
        newest.saved_at, newest.is_autosave = now, is_autosave
    else:
        draft.version += 1
        _add_version(session, draft, saved)
    if not is_autosave:
        index_text_of_draft(session, draft)
    elif not is_continued:
        about, over = f"{draft.public_id}.{draft.version}", now + AUTOSAVES_JOINED_FOR
        outbox.enqueue_job(session, INDEXING, about, due_at=over, now=now)


def _saved_text_of(version: DraftVersion) -> SavedText:
    return SavedText(
        version.editor, version.saved_at, is_autosave=version.is_autosave, begun_at=version.begun_at
    )


def _add_version(session: Session, draft: Draft, saved: SavedText) -> None:
    session.add(
        DraftVersion(
            draft_id=draft.id,
            number=draft.version,
            text=draft.text,
            text_hash=draft.text_hash,
            editor=saved.editor,
            begun_at=saved.begun_at,
            saved_at=saved.saved_at,
            is_autosave=saved.is_autosave,
        )
    )
