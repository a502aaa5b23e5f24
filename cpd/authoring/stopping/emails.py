"""The emails about a withdrawal: to those who may confirm it, and to learners once it is done."""

from datetime import datetime

import sqlalchemy as sa

from cpd.accounts import queries as people
from cpd.accounts.models import Person
from cpd.courses.ledgers import find_stop_of_version
from cpd.courses.models import Enrolment, EnrolmentState, Revision
from cpd.db import db
from cpd.dual_control.models import DualControlRequest
from cpd.dual_control.rules.requests import RequestState
from cpd.jobs.models import OutboxItem
from cpd.mail import sending
from cpd.mail.emails import Email
from cpd.web.formatting import format_day


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


def send_request_to_confirm(item: OutboxItem, now: datetime) -> None:
    """Ask somebody to confirm a withdrawal, unless it was answered or has expired meanwhile."""
    asked, _dot, public_id = item.about.partition(".")
    session = db.session()
    request = session.scalar(
        sa.select(DualControlRequest).where(
            DualControlRequest.public_id == asked,
            DualControlRequest.state == RequestState.ASKED,
            DualControlRequest.expires_at > now,
        )
    )
    person = session.scalar(sa.select(Person).where(Person.public_id == public_id))
    if request is None or person is None or person.disabled_at is not None:
        return
    version = session.scalars(sa.select(Revision).where(Revision.public_id == request.object)).one()
    values = {
        "name": people.find_names_by_subject(session, [request.asked_by]).get(request.asked_by, ""),
        "course": version.title,
        "reason": request.reason,
        "slug": version.document.slug,
        "until": format_day(request.expires_at, "UTC"),
    }
    email = Email(person.email, "authoring/emails/withdrawal_asked.txt", values)
    sending.send_or_give_up_email(email, item, now=now)
