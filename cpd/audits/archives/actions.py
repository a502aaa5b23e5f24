"""Asking for an archive, storing its parts, and deleting them after a week."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.audits.archives import period_rows
from cpd.audits.archives.models import KEPT_FOR, AuditArchive, AuditArchivePart
from cpd.db import insert_if_absent
from cpd.jobs import outbox
from cpd.kernel.day_spans import DaySpan

MAKE_PURPOSE, EXPIRY_PURPOSE = "make-audit-archive", "expire-audit-archive"
CERTIFICATES_PER_PART, LETTERS_PER_PART = 250, 20
"""So that a part has about 30 MB at most, which the worker and the server hold in memory."""
MOST_COMPLETIONS = 20_000


@dataclass(frozen=True)
class NewArchive:
    """What an administrator asks for."""

    span: DaySpan
    course_id: int | None
    reason: str


def request_archive(
    session: Session, new: NewArchive, *, actor: Actor, now: datetime
) -> AuditArchive | None:
    """Ask for an archive, which the worker makes; None if the period has too many completions."""
    archive = AuditArchive(
        asked_by=actor.subject,
        asked_at=now,
        reason=new.reason,
        first_day=new.span.first,
        last_day=new.span.last,
        zone=new.span.zone,
        course_id=new.course_id,
    )
    archive.completion_count = period_rows.count_completions(session, archive)
    if archive.completion_count > MOST_COMPLETIONS:
        return None
    archive.certificate_count = period_rows.count_certificates(session, archive)
    letters = period_rows.count_approvals(session, archive)
    archive.part_count = max(
        -(-archive.certificate_count // CERTIFICATES_PER_PART), -(-letters // LETTERS_PER_PART), 1
    )
    session.add(archive)
    session.flush()
    audit.add_audit_entry(
        session,
        actor,
        "audits:archive:make",
        now=now,
        to=archive.public_id,
        first_day=str(new.span.first),
        last_day=str(new.span.last),
        reason=new.reason,
    )
    _enqueue_part(session, archive, 1, now=now)
    return archive


def _enqueue_part(session: Session, archive: AuditArchive, number: int, *, now: datetime) -> None:
    about = f"{archive.public_id}/{number}"
    outbox.enqueue_job(session, MAKE_PURPOSE, about, due_at=now, now=now)


def add_part(
    session: Session, archive: AuditArchive, number: int, content: bytes, *, now: datetime
) -> None:
    """Store a part and go on with the next, or finish; a part that is there already stays."""
    row = {
        "archive_id": archive.id,
        "number": number,
        "content": content,
        "size": len(content),
    }
    insert_if_absent(session, AuditArchivePart, [row], by=["archive_id", "number"])
    is_last = number == archive.part_count
    session.execute(
        sa.update(AuditArchive)
        .where(AuditArchive.id == archive.id, AuditArchive.made_count < number)
        .values(made_count=number, **({"done_at": now} if is_last else {}))
    )
    if is_last:
        due_at = now + KEPT_FOR
        outbox.enqueue_job(session, EXPIRY_PURPOSE, archive.public_id, due_at=due_at, now=now)
    else:
        _enqueue_part(session, archive, number + 1, now=now)


def delete_parts(session: Session, public_id: str) -> None:
    """Delete the files of an archive; that it was made stays on record."""
    archive = sa.select(AuditArchive.id).where(AuditArchive.public_id == public_id)
    session.execute(sa.delete(AuditArchivePart).where(AuditArchivePart.archive_id.in_(archive)))


def record_download(
    session: Session, archive: AuditArchive, number: int, *, actor: Actor, now: datetime
) -> None:
    """Write down who downloads a part."""
    audit.add_audit_entry(
        session, actor, "audits:archive:download", now=now, to=archive.public_id, part=number
    )
