"""Recording what somebody says about reporting."""

from datetime import datetime

from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.reporting.agreements.models import ReportAgreement


def record_agreement(
    session: Session, authority: str, *, is_given: bool, actor: Actor, now: datetime
) -> None:
    """Record that the actor agrees, or no longer agrees, to reports to an authority."""
    session.add(
        ReportAgreement(subject=actor.subject, authority=authority, is_given=is_given, said_at=now)
    )
    session.flush()
    audit.add_audit_entry(
        session, actor, "reporting:agreement:record", now=now, authority=authority, given=is_given
    )
