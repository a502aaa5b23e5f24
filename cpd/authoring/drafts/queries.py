"""Reads of drafts: one of them, those of a course, and a course with drafts laid over it."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from cpd.access.permissions import Actor, Permission
from cpd.authoring.drafts.models import Draft, DraftState, DraftVersion
from cpd.authoring.publish import queries as published
from cpd.authoring.publish.rerendering import find_rendered_texts
from cpd.authoring.sources.loading import Loaded, load_course_files
from cpd.courses.models import PROVIDER, CourseRow
from cpd.media.queries import find_stored_pictures


def where_actor_writes(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the condition that the actor may write for a course: one that the provider owns."""
    may_write = actor.may(Permission.DRAFT_WRITE)
    return CourseRow.owner == PROVIDER if may_write else sa.false()


def find_written_courses(session: Session, actor: Actor) -> Sequence[CourseRow]:
    """Return the courses that the actor may write for, published or not, by name."""
    courses = sa.select(CourseRow).where(where_actor_writes(actor)).order_by(CourseRow.slug)
    return session.scalars(courses).all()


def find_written_course(session: Session, actor: Actor, slug: str) -> CourseRow | None:
    """Return a course that the actor may write for."""
    course = sa.select(CourseRow).where(where_actor_writes(actor), CourseRow.slug == slug)
    return session.scalar(course)


def _select_drafts(actor: Actor) -> sa.Select[Draft]:
    """Select the drafts of courses that the actor may write for."""
    return sa.select(Draft).join(Draft.course).where(where_actor_writes(actor))


def find_draft_with_value(
    session: Session,
    actor: Actor,
    public_id: str,
    value: sa.ScalarSelect[str],
    values: Mapping[str, Any],
) -> tuple[Draft, str | None] | None:
    """Return a draft in any state with a value that is selected for it, by one query.

    `values` are those that the selected value needs.
    """
    if not actor.may(Permission.DRAFT_WRITE):
        return None
    row = session.execute(
        _select_draft_with_value(value), {**values, "public_id": public_id}
    ).one_or_none()
    return None if row is None else (row[0], row[1])


@cache
def _select_draft_with_value(value: sa.ScalarSelect[str]) -> sa.Select[Draft, str]:
    """Select the draft of a `public_id` with a value; built once, because every save uses it."""
    return (
        sa.select(Draft, value)
        .join(Draft.course)
        .where(CourseRow.owner == PROVIDER, Draft.public_id == sa.bindparam("public_id"))
        .options(contains_eager(Draft.course))
    )


def find_open_drafts(
    session: Session, actor: Actor, *, course: CourseRow | None = None
) -> Sequence[Draft]:
    """Return the open drafts of a course, or of all, those edited last first."""
    drafts = _select_drafts(actor).where(Draft.state == DraftState.OPEN)
    if course is not None:
        drafts = drafts.where(Draft.course_id == course.id)
    return session.scalars(drafts.order_by(Draft.edited_at.desc(), Draft.id.desc())).all()


def find_open_drafts_of_course(session: Session, course: CourseRow) -> Sequence[Draft]:
    """Return the open drafts of a course that somebody may write for, by path."""
    return session.scalars(
        sa.select(Draft)
        .where(Draft.course_id == course.id, Draft.state == DraftState.OPEN)
        .order_by(Draft.path)
    ).all()


def find_open_draft_of_file(session: Session, course: CourseRow, path: str) -> Draft | None:
    """Return the open draft of a file, if there is one."""
    return session.scalar(
        sa.select(Draft).where(
            Draft.course_id == course.id, Draft.path == path, Draft.state == DraftState.OPEN
        )
    )


def find_drafts_started_with(session: Session, draft: Draft) -> Sequence[Draft]:
    """Return the open drafts of new files that one act started beside this one, such as a card."""
    return session.scalars(
        sa.select(Draft)
        .where(
            Draft.course_id == draft.course_id,
            Draft.created_by == draft.created_by,
            Draft.created_at == draft.created_at,
            Draft.base_revision_id.is_(None),
            Draft.state == DraftState.OPEN,
            Draft.id != draft.id,
        )
        .order_by(Draft.id)
    ).all()


def find_draft_versions(session: Session, draft: Draft) -> Sequence[DraftVersion]:
    """Return the history of a draft, the newest version first."""
    return session.scalars(
        sa.select(DraftVersion)
        .where(DraftVersion.draft_id == draft.id)
        .order_by(DraftVersion.number.desc())
    ).all()


def find_draft_version(session: Session, draft: Draft, number: int) -> DraftVersion | None:
    """Return one version of a draft."""
    return session.scalar(
        sa.select(DraftVersion).where(
            DraftVersion.draft_id == draft.id, DraftVersion.number == number
        )
    )


def find_course_files(session: Session, course: CourseRow) -> dict[str, str]:
    """Return the files of the newest version of a course by path; none before the first."""
    revision = published.find_newest_course_revision(session, course.slug)
    return published.find_published_files(session, revision) if revision else {}


def lay_drafts_over(files: Mapping[str, str], drafts: Iterable[Draft]) -> dict[str, str]:
    """Return the files of a course as they would be with these drafts."""
    return {**files, **{draft.path: draft.text for draft in drafts}}


def load_course_with_draft(session: Session, draft: Draft, *, applies_rules: bool = True) -> Loaded:
    """Load the newest version of a course with a draft.

    A draft that needs others, such as a case with its new card, or a file of a course that has no
    version yet, is loaded with all open drafts, if fewer faults are left then. A page that shows no
    faults leaves the rules of courses out.
    """
    course, files = draft.course, find_course_files(session, draft.course)
    laid = lay_drafts_over(files, [draft])
    alone = _load_files(session, course, laid, applies_rules=applies_rules)
    if alone.is_sound:
        return alone
    laid = lay_drafts_over(files, [*find_open_drafts_of_course(session, course), draft])
    together = _load_files(session, course, laid, applies_rules=applies_rules)
    return min((together, alone), key=lambda loaded: _count_faults(loaded, draft.path))


def _count_faults(loaded: Loaded, path: str) -> tuple[bool, int, int]:
    """Return how little is known of a file in a course: whether it is read at all comes first."""
    own = sum(fault.file == path for fault in loaded.faults)
    return loaded.bundle is None, own, len(loaded.faults)


def load_course_with_drafts(session: Session, course: CourseRow, drafts: Iterable[Draft]) -> Loaded:
    """Load the newest version of a course with drafts laid over it, through the caches."""
    return _load_files(session, course, lay_drafts_over(find_course_files(session, course), drafts))


def _load_files(
    session: Session, course: CourseRow, files: Mapping[str, str], *, applies_rules: bool = True
) -> Loaded:
    return load_course_files(
        {path: text.encode() for path, text in files.items()},
        name=course.slug,
        stored_texts=lambda hashes: find_rendered_texts(session, hashes),
        applies_rules=applies_rules,
        stored_pictures=lambda names: find_stored_pictures(session, names),
    )
