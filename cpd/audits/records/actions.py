"""Opening a learner's record, which the audit trail remembers with the purpose."""

from datetime import datetime

from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor


def open_record(
    session: Session, subject: str, purpose: str, *, actor: Actor, now: datetime
) -> str:
    """Write down who opens whose record and why; return the public id of the opening."""
    entry = audit.add_audit_entry(
        session, actor, "audits:record:open", now=now, to=subject, purpose=purpose
    )
    session.flush()
    return entry.public_id
