"""Publishing a course, and recording the warnings of a release in it.

The bundle is already rendered: nothing here renders Markdown, because this runs inside the write
transaction.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.authoring.files.bundle import Bundle
from cpd.authoring.publish import ledger_recording, queries
from cpd.authoring.publish.ledger_recording import LedgerRewrittenError
from cpd.authoring.publish.outcomes import (
    ApprovalLostError,
    CourseMovedError,
    PublishRefusedError,
    PublishReport,
)
from cpd.authoring.publish.releases import Release
from cpd.authoring.publish.revisions import RevisionWriter
from cpd.content.frontmatter import Fault
from cpd.courses.events import CoursePublished
from cpd.courses.models import PROVIDER, Channel, PublishEntry, Revision
from cpd.credit.publication import find_lost_approvals, name_authority
from cpd.credit.rules.issue_checks import Refusal
from cpd.jobs import publishing
from cpd.kernel import raster
from cpd.media import actions as media

MAX_REASON = 400
_KEEP = ("Keep the title as approved", "Keep the title and the length as approved")
NOT_SHIPPED: Mapping[str, str] = MappingProxyType({})


def publish_course(
    session: Session,
    bundle: Bundle,
    *,
    actor: Actor,
    now: datetime,
    reason: str,
    release: Mapping[str, str] = NOT_SHIPPED,
    owner: str = PROVIDER,
) -> PublishReport:
    """Make a revision of every file that changed, and of the course when any did.

    `release` holds the files that the current release ships under this name. A course published
    exactly as shipped follows its releases; any other text makes it local. Raises
    PublishRefusedError when the bundle has faults or its ledger lost a recorded entry;
    NameTakenError when the course belongs to another owner; ValueError for a reason that is empty
    or longer than `MAX_REASON`.
    """
    if not 0 < len(reason.strip()) <= MAX_REASON:
        msg = f"a reason has 1 to {MAX_REASON} characters"
        raise ValueError(msg)
    if bundle.faults:
        raise PublishRefusedError(bundle.faults)
    for picture in bundle.media.values():
        media.store_media(session, picture, raster.TYPE, now=now)
    writer = RevisionWriter(session, bundle, actor, now, reason, release, owner)
    ledger_added = _record_ledger_or_refuse(writer)
    before = queries.find_newest_course_revision(session, bundle.slug)
    course = writer.add_course_revision_if_changed(writer.add_changed_part_revisions())
    _refuse_to_lose_approvals(writer, before, course)
    record_release_texts_as_base(session, writer.unrecorded_release_revisions())
    channel_before = writer.course.channel
    writer.course.channel = Channel.SHIPPED if writer.is_bundle_as_shipped else Channel.LOCAL
    report = writer.build_publish_report(course, ledger_added)
    _write_event_and_audit(writer, course, report, channel_before)
    return report


def _refuse_to_lose_approvals(
    writer: RevisionWriter, before: Revision | None, course: Revision
) -> None:
    """Raise ApprovalLostError if an approval fits the version before, but not this one."""
    lost = find_lost_approvals(writer.session, before, course, today=writer.now.date())
    if lost:
        raise ApprovalLostError(
            [
                Fault(
                    "course.md",
                    1,
                    f"{name_authority(approval.authority)} approved this course as "
                    f"“{approval.title}”, {approval.amount}, until "
                    f"{approval.last_day or 'further notice'}. This version would not match.",
                    f"{_KEEP[Refusal.HOURS_DIFFER in why]}, or ask an administrator to withdraw "
                    "the approval first.",
                )
                for approval, why in lost
            ]
        )


def _record_ledger_or_refuse(writer: RevisionWriter) -> int:
    """Record the new entries of the ledger; returns how many."""
    try:
        return ledger_recording.record_new_ledger_entries(
            writer.session,
            writer.course,
            writer.bundle,
            actor=writer.actor,
            now=writer.now,
            release=writer.release,
        )
    except LedgerRewrittenError as rewritten:
        raise PublishRefusedError([rewritten.fault]) from None


def _write_event_and_audit(
    writer: RevisionWriter, course: Revision, report: PublishReport, channel_before: Channel
) -> None:
    """Publish the event and write the audit trail if anything changed."""
    if report.published:
        published = CoursePublished(
            at=writer.now, course_id=writer.course.id, revision_id=course.id
        )
        publishing.publish_event(writer.session, published)
    if not report.is_empty or report.channel is not channel_before:
        audit.add_audit_entry(
            writer.session,
            writer.actor,
            "authoring:course:publish",
            now=writer.now,
            to=course.public_id,
            revisions=len(report.published),
            ledger_entries=report.ledger_added,
            channel=report.channel,
        )


def publish_release_texts(
    session: Session, release: Release, bundle: Bundle, *, actor: Actor, now: datetime, reason: str
) -> PublishReport:
    """Publish a course with texts taken from a release: all of them, or some files.

    Raises CourseMovedError when another version was published since it was read, and what
    `publish_course` raises.
    """
    read_revision = release.revision.public_id if release.revision else None
    queries.lock_course_or_none(session, release.slug)
    newest = queries.find_newest_course_revision(session, release.slug)
    if (newest.public_id if newest else None) != read_revision:
        raise CourseMovedError(release.slug)
    return publish_course(
        session, bundle, actor=actor, now=now, reason=reason, release=release.shipped_files
    )


def record_release_texts_as_base(session: Session, revisions: Sequence[Revision]) -> None:
    """Record that a release ships these texts, so that later releases are compared with them."""
    own_hash = sa.select(Revision.content_hash).where(Revision.id == PublishEntry.revision_id)
    if revisions:
        session.execute(
            sa.update(PublishEntry)
            .where(PublishEntry.revision_id.in_([revision.id for revision in revisions]))
            .values(base_hash=own_hash.scalar_subquery()),
            execution_options={"synchronize_session": False},
        )


def record_release_warnings(
    session: Session, slug: str, ledger: str, *, actor: Actor, now: datetime
) -> int:
    """Record a release's warnings in a course that is edited here; returns the number of entries.

    `ledger` was made by `offers.ledger_text_with_new_warnings_or_none`. Raises
    LedgerRewrittenError when something else was recorded in the meantime.
    """
    course = queries.lock_existing_course(session, slug)
    added = ledger_recording.record_warning_entries(session, course, ledger, actor=actor, now=now)
    audit.add_audit_entry(
        session,
        actor,
        "authoring:ledger:warn",
        now=now,
        to=course.public_id,
        ledger_entries=added,
    )
    return added
