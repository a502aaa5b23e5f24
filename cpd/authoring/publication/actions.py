"""Publishing drafts that are approved, through the one action that publishes courses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.authoring.drafts.models import Draft, DraftState
from cpd.authoring.drafts.queries import load_course_with_drafts
from cpd.authoring.events import DraftPublished
from cpd.authoring.files.bundle import Bundle
from cpd.authoring.indexing.actions import remove_drafts_from_index
from cpd.authoring.publication.gate import find_approvals
from cpd.authoring.publish import actions as publishing
from cpd.authoring.publish import queries as published
from cpd.authoring.publish.outcomes import CourseMovedError, PublishReport
from cpd.authoring.review.rules.approving import Reason
from cpd.authoring.review.sign_offs import record_sign_offs_of_drafts
from cpd.authoring.sources import disk
from cpd.authoring.sources.loading import Loaded
from cpd.courses.models import CourseRow
from cpd.jobs.publishing import publish_event


class NotApprovedError(Exception):
    """Drafts were to be published that their reviewers have not approved; `reasons` say why."""

    def __init__(self, reasons: Mapping[str, Reason]) -> None:
        self.reasons = reasons
        """By the path of the draft."""
        super().__init__(", ".join(reasons))


class DraftsChangedError(Exception):
    """A draft was edited, published or discarded after it was chosen."""


@dataclass(frozen=True)
class PreparedCourse:
    """A course with drafts laid over its newest version, and what it was laid over."""

    course: CourseRow
    texts: Mapping[int, str]
    """The hash of the text of each draft, by its id."""
    loaded: Loaded
    laid_over: tuple[str, int]
    """The newest version, and how many entries its ledger had."""


def prepare_drafts(session: Session, course: CourseRow, drafts: Sequence[Draft]) -> PreparedCourse:
    """Load a course with drafts laid over it; slow, so it is done outside any write transaction."""
    return PreparedCourse(
        course=course,
        texts={draft.id: draft.text_hash for draft in drafts},
        loaded=load_course_with_drafts(session, course, drafts),
        laid_over=_find_present_state(session, course),
    )


def publish_drafts(
    session: Session, prepared: PreparedCourse, *, reason: str, actor: Actor, now: datetime
) -> PublishReport:
    """Publish drafts that are approved; all of them or none.

    Raises NotApprovedError, DraftsChangedError, CourseMovedError, and what `publish_course` raises.
    """
    course = prepared.course
    published.lock_existing_course(session, course.slug)
    if _find_present_state(session, course) != prepared.laid_over:
        raise CourseMovedError(course.slug)
    bundle = prepared.loaded.sound_bundle
    drafts = _lock_unchanged_drafts(session, prepared.texts)
    signers = _find_signers_or_refuse(session, course, drafts, bundle)
    report = publishing.publish_course(
        session,
        bundle,
        actor=actor,
        now=now,
        reason=reason,
        release=disk.read_release_files(course.slug),
        owner=course.owner,
    )
    remove_drafts_from_index(session, [draft.id for draft in drafts])
    record_sign_offs_of_drafts(session, course, signers, bundle, actor=actor, now=now)
    for draft in drafts:
        draft.state = DraftState.PUBLISHED
        audit.add_audit_entry(
            session,
            actor,
            "authoring:draft:publish",
            now=now,
            to=draft.public_id,
            path=draft.path,
            text=draft.text_hash,
            revision=report.course_revision,
        )
        publish_event(session, DraftPublished(at=now, draft_id=draft.id))
    return report


def _find_present_state(session: Session, course: CourseRow) -> tuple[str, int]:
    newest = published.find_newest_course_revision(session, course.slug)
    entries = published.count_ledger_entries(session, course.slug)
    return (newest.public_id if newest else "", entries)


def _lock_unchanged_drafts(session: Session, texts: Mapping[int, str]) -> Sequence[Draft]:
    drafts = session.scalars(
        sa.select(Draft).where(Draft.id.in_(texts)).order_by(Draft.id).with_for_update(of=Draft),
        execution_options={"populate_existing": True},
    ).all()
    if any(d.state is not DraftState.OPEN or d.text_hash != texts[d.id] for d in drafts):
        raise DraftsChangedError
    return drafts


def _find_signers_or_refuse(
    session: Session, course: CourseRow, drafts: Sequence[Draft], bundle: Bundle
) -> dict[Draft, Sequence[str]]:
    """Return by whose signatures each draft is approved; raises NotApprovedError."""
    approvals = find_approvals(session, course, drafts, bundle)
    refused = {d.path: reason for d in drafts if (reason := approvals[d.id].reason) is not None}
    if refused:
        raise NotApprovedError(refused)
    return {draft: approvals[draft.id].signers for draft in drafts}
