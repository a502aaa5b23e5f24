"""Archives for audits, asked for by the real action."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.audits.archives import actions
from cpd.audits.archives.actions import NewArchive
from cpd.audits.archives.models import AuditArchive
from cpd.kernel.day_spans import DaySpan

REASON = "The board asked, letter 4711."


def days_around(now: datetime) -> tuple[date, date]:
    """Return the first and last day of a period that holds all that a test made."""
    return now.date() - timedelta(days=365), now.date()


def ask_archive(
    session: Session, *, actor: Actor, now: datetime, course_id: int | None = None
) -> AuditArchive:
    """Ask for an archive of the last year."""
    new = NewArchive(DaySpan(*days_around(now), "UTC"), course_id, REASON)
    archive = actions.request_archive(session, new, actor=actor, now=now)
    assert archive is not None
    return archive


def add_archive(session: Session, *, actor: Actor, now: datetime) -> AuditArchive:
    """Add an archive with its only file, as if the worker had made it."""
    archive = ask_archive(session, actor=actor, now=now)
    actions.add_part(session, archive, 1, b"PK", now=now)
    return archive
