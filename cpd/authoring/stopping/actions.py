"""Pausing a version of a course, letting it go on, and withdrawing it for good.

All of it is recorded in the ledger of the course, under the hash of the version. So a version with
the same text, which somebody published again, is stopped too.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.authoring.files.ledger import LedgerEntryFile
from cpd.authoring.publish import queries as published
from cpd.authoring.publish.ledger_recording import record_entry_of_site
from cpd.authoring.stopping.queries import find_people_who_may_stop
from cpd.authoring.stopping.rules.withdrawal import WITHDRAWAL
from cpd.courses.events import VersionResumed, VersionWithdrawn
from cpd.courses.ledgers import find_stop_of_version
from cpd.courses.models import Enrolment, EnrolmentState, LedgerEntry, Revision
from cpd.courses.queries import select_same_versions
from cpd.courses.rules.ledger import RESUMPTION, Series, StopKind
from cpd.dual_control import actions as dual_control
from cpd.dual_control.models import DualControlRequest
from cpd.dual_control.rules.requests import SamePersonError
from cpd.jobs import outbox
from cpd.jobs.publishing import publish_event
from cpd.mail import emails

EMAIL_PURPOSE = "version-withdrawn"
"""Names the emails to learners in the outbox."""
ASKED_PURPOSE = "withdrawal-asked"
"""Names the emails to those who may confirm a withdrawal."""


class AlreadyStoppedError(Exception):
    """The version is paused or withdrawn already."""


class NotPausedError(Exception):
    """The version is not paused, or it was withdrawn."""


@dataclass(frozen=True)
class Stopping:
    """By whom a version is stopped or resumed, when, and what learners are told."""

    actor: Actor
    names: str
    """Who decided it, as the ledger names them."""
    reason: str
    now: datetime


def pause_version(session: Session, version: Revision, stopping: Stopping) -> LedgerEntry:
    """Stop a version at once: nobody starts it, sits its exam or gets its certificate.

    Raises AlreadyStoppedError.
    """
    _lock_course(session, version)
    if find_stop_of_version(session, version) is not None:
        raise AlreadyStoppedError
    return _record(session, version, StopKind.PAUSE, stopping)


def resume_version(session: Session, version: Revision, stopping: Stopping) -> LedgerEntry:
    """Let a paused version go on; what the pause held back happens now.

    Raises NotPausedError, and SamePersonError for whoever paused it.
    """
    _lock_course(session, version)
    stop = find_stop_of_version(session, version)
    if stop is None or stop.is_final:
        raise NotPausedError
    if stopping.actor.subject == _find_pausing_subject(session, version):
        raise SamePersonError(version.public_id)
    entry = _record(session, version, RESUMPTION, stopping)
    publish_event(
        session, VersionResumed(at=stopping.now, revision_id=version.id, entry_id=entry.id)
    )
    return entry


def ask_to_withdraw_version(
    session: Session, version: Revision, stopping: Stopping
) -> DualControlRequest:
    """Ask a second person to withdraw a version for good; until then it is paused.

    Raises AlreadyStoppedError if it is withdrawn, and what `request_act` raises.
    """
    _lock_course(session, version)
    stop = find_stop_of_version(session, version)
    if stop is not None and stop.is_final:
        raise AlreadyStoppedError
    request = dual_control.request_act(
        session,
        WITHDRAWAL.name,
        version.public_id,
        _build_payload(version, stopping.reason),
        reason=stopping.reason,
        actor=stopping.actor,
        now=stopping.now,
    )
    if stop is None:
        _record(session, version, StopKind.PAUSE, stopping)
    _enqueue_emails_to_confirmers(session, request, now=stopping.now)
    return request


def confirm_withdrawal(
    session: Session, version: Revision, request: DualControlRequest, stopping: Stopping
) -> LedgerEntry:
    """Withdraw a version as the second person; its open attempts are voided, its learners told.

    Raises what `confirm_request` and `complete_confirmed_request` raise.
    """
    _lock_course(session, version)
    actor, now = stopping.actor, stopping.now
    dual_control.confirm_request(session, request, actor=actor, now=now)
    payload = _build_payload(version, request.reason)
    dual_control.complete_confirmed_request(session, request, payload, actor=actor, now=now)
    entry = _record(session, version, StopKind.WITHDRAWAL, stopping)
    publish_event(
        session,
        VersionWithdrawn(at=now, revision_id=version.id, entry_id=entry.id, reason=stopping.reason),
    )
    return entry


def _build_payload(version: Revision, reason: str) -> dict[str, Any]:
    return {"version": version.public_id, "hash": version.content_hash, "reason": reason}


def _lock_course(session: Session, version: Revision) -> None:
    published.lock_existing_course(session, version.document.slug)


def _record(session: Session, version: Revision, type_: str, stopping: Stopping) -> LedgerEntry:
    """Record an entry about a version; its day is not before that of an earlier entry."""
    course = published.lock_existing_course(session, version.document.slug)
    earlier = published.find_ledger_entries(session, course.slug, Series.HERE)
    entry = LedgerEntryFile.model_validate(
        {
            "on": max([stopping.now.date(), *(row.day for row in earlier)]),
            "by": stopping.names,
            "type": str(type_),
            "of": f"course:{course.slug}",
            "hash": version.content_hash,
            "note": " ".join(stopping.reason.split()),
        }
    )
    row = record_entry_of_site(session, course, entry, actor=stopping.actor, now=stopping.now)
    audit.add_audit_entry(
        session,
        stopping.actor,
        f"authoring:version:{type_}",
        now=stopping.now,
        to=version.public_id,
        course=course.slug,
    )
    return row


def _find_pausing_subject(session: Session, version: Revision) -> str | None:
    """Return who paused a version last."""
    return next(
        (
            row.actor
            for row in reversed(
                published.find_ledger_entries(session, version.document.slug, Series.HERE)
            )
            if row.type == StopKind.PAUSE and row.data.get("hash") == version.content_hash
        ),
        None,
    )


def enqueue_emails_to_learners(session: Session, event: VersionWithdrawn, now: datetime) -> None:
    """Add an email to everybody who is taking a withdrawn version, if the site sends emails."""
    if not emails.site_sends_emails():
        return
    entry = session.get_one(LedgerEntry, event.entry_id)
    enrolments = session.scalars(
        sa.select(Enrolment.public_id).where(
            Enrolment.course_revision_id.in_(select_same_versions(event.revision_id)),
            Enrolment.state == EnrolmentState.ACTIVE,
        )
    )
    for enrolment in enrolments:
        about = f"{enrolment}.{entry.public_id}"
        outbox.enqueue_job(session, EMAIL_PURPOSE, about, due_at=now, now=now)


def _enqueue_emails_to_confirmers(
    session: Session, request: DualControlRequest, *, now: datetime
) -> None:
    """Add an email to everybody who may confirm a withdrawal, if the site sends emails."""
    if not emails.site_sends_emails():
        return
    for person in find_people_who_may_stop(session, now=now):
        if person.subject != request.asked_by:
            about = f"{request.public_id}.{person.public_id}"
            outbox.enqueue_job(session, ASKED_PURPOSE, about, due_at=now, now=now)
