"""The email with the answer to a remark.

The outbox row names only the answer, so an erased remark leaves nothing to send.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.accounts import queries as people
from cpd.db import db
from cpd.jobs import outbox
from cpd.jobs.models import OutboxItem
from cpd.mail import emails, sending
from cpd.mail.emails import Email
from cpd.remarks.models import Remark, RemarkMove
from cpd.web.formatting import format_day

PURPOSE = "remark-answer"
"""Names these emails in the outbox."""


def enqueue_answer_email(
    session: Session, remark: Remark, answer: RemarkMove, *, now: datetime
) -> None:
    """Add the email to the outbox, if the site sends emails and the sender can get one."""
    if emails.site_sends_emails() and (remark.subject or remark.email):
        about = f"{remark.public_id}.{answer.id}"
        outbox.enqueue_job(session, PURPOSE, about, due_at=now, now=now)


def send_answer_email(item: OutboxItem, now: datetime) -> None:
    """Send it to the sender's account, or to the address that they left with the remark."""
    remark_id, _, answer_id = item.about.partition(".")
    row = db.session.execute(
        sa.select(Remark, RemarkMove.answer)
        .join(Remark.moves)
        .where(Remark.public_id == remark_id, RemarkMove.id == int(answer_id))
    ).first()
    if row is None:
        return
    remark, answer = row
    sender = people.find_person_by_subject(db.session(), remark.subject) if remark.subject else None
    to = remark.email if sender is None else sender.email
    if not to:
        return
    values = {
        "at": format_day(remark.at, "UTC" if sender is None else sender.time_zone),
        "path": remark.page,
        "lines": remark.text.split("\n"),
        "answer": answer,
        "has_account": sender is not None,
    }
    sending.send_or_give_up_email(Email(to, "remarks/emails/answer.txt", values), item, now=now)
