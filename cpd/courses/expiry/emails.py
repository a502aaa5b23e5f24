"""The email that a version is about to expire, once to each person who is taking it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.accounts import queries as people
from cpd.courses.models import Enrolment, EnrolmentState, Revision
from cpd.courses.rules.expiry import NOTICE, build_expiry_of_front
from cpd.db import db, unit_of_work
from cpd.jobs import outbox
from cpd.jobs.models import OutboxItem
from cpd.mail import sending
from cpd.mail.emails import Email, site_sends_emails
from cpd.web.formatting import format_day

PURPOSE = "email-of-expiry"
SWEEP = "expiring-versions"
"""Names the job that looks, once a day, for whom to tell."""


def enqueue_next_sweep(session: Session, now: datetime) -> None:
    """Add the next look to the outbox, unless it is there."""
    due_at = now.replace(hour=6, minute=0, second=0, microsecond=0)
    if due_at <= now:
        due_at += timedelta(days=1)
    outbox.enqueue_job(session, SWEEP, due_at.date().isoformat(), due_at=due_at, now=now)


def sweep_for_expiring_versions(_item: OutboxItem, now: datetime) -> None:
    """Add an email for everybody who is taking a version that expires soon, and the next look."""
    with unit_of_work() as session:
        outbox.erase_done_jobs(session, SWEEP)
        enqueue_next_sweep(session, now)
        if site_sends_emails():
            found = _find_enrolments_to_tell(session, now)
            outbox.enqueue_jobs(
                session, PURPOSE, {public_id: {} for public_id in found}, due_at=now, now=now
            )


def _find_enrolments_to_tell(session: Session, now: datetime) -> Sequence[str]:
    last_day = Revision.last_day_expression()
    today = now.date()
    return session.scalars(
        sa.select(Enrolment.public_id)
        .join(Revision, Revision.id == Enrolment.course_revision_id)
        .where(
            Enrolment.state == EnrolmentState.ACTIVE,
            last_day >= today.isoformat(),
            last_day <= (today + NOTICE).isoformat(),
        )
    ).all()


def send_expiry_email(item: OutboxItem, now: datetime) -> None:
    """Tell a learner, unless they have finished or left the version in the meantime."""
    enrolment = db.session.scalar(sa.select(Enrolment).where(Enrolment.public_id == item.about))
    if enrolment is None or enrolment.state is not EnrolmentState.ACTIVE:
        return
    learner = people.find_person_by_subject(db.session(), enrolment.subject)
    expiry = build_expiry_of_front(enrolment.course_revision.front, now)
    if learner is None or learner.disabled_at is not None or not expiry.is_near:
        return
    values = {
        "course": enrolment.course_revision.title,
        "day": format_day(expiry.last_day),
        "address": str(enrolment.address),
    }
    email = Email(learner.email, "courses/emails/expiry.txt", values)
    sending.send_or_give_up_email(email, item, now=now)
