"""The email that tells a learner that the version of their course was withdrawn."""

from datetime import datetime

import sqlalchemy as sa

from cpd.accounts import queries as people
from cpd.courses.ledgers import find_stop_of_version
from cpd.courses.models import Enrolment, EnrolmentState
from cpd.db import db
from cpd.jobs.models import OutboxItem
from cpd.mail import sending
from cpd.mail.emails import Email


def send_withdrawal_email(item: OutboxItem, now: datetime) -> None:
    """Tell a learner, unless they have ended the course or have no account any more."""
    enrolment = db.session.scalar(
        sa.select(Enrolment).where(Enrolment.public_id == item.about.partition(".")[0])
    )
    if enrolment is None or enrolment.state is EnrolmentState.ENDED:
        return
    learner = people.find_person_by_subject(db.session(), enrolment.subject)
    stop = find_stop_of_version(db.session(), enrolment.course_revision)
    if learner is None or learner.disabled_at is not None or stop is None:
        return
    values = {
        "course": enrolment.course_revision.title,
        "reason": stop.note,
        "address": str(enrolment.address),
    }
    email = Email(learner.email, "authoring/emails/withdrawn.txt", values)
    sending.send_or_give_up_email(email, item, now=now)
