"""Saving whether a learner needs credit for a course."""

from datetime import datetime

from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.courses.models import Enrolment
from cpd.credit.needs.models import CreditNeed
from cpd.db import insert_if_absent


def save_credit_need(
    session: Session, enrolment: Enrolment, *, is_wanted: bool, actor: Actor, now: datetime
) -> None:
    """Save whether the actor needs credit for the course that they take."""
    row = {"enrolment_id": enrolment.id, "is_wanted": is_wanted, "answered_at": now}
    insert_if_absent(session, CreditNeed, [row], by=["enrolment_id"])
    answer = session.get_one(CreditNeed, enrolment.id, populate_existing=True, with_for_update=True)
    answer.is_wanted, answer.answered_at = is_wanted, now
    session.flush()
    audit.add_audit_entry(
        session,
        actor,
        "credit:need:save",
        now=now,
        to=enrolment.public_id,
        wanted="yes" if is_wanted else "no",
    )
