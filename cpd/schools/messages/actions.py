"""Adding messages to the outbox, writing to a class, and stopping messages."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.db import flush_or_raise, insert_if_absent
from cpd.jobs import outbox
from cpd.schools.cohorts.queries import Reach, find_locked_cohort
from cpd.schools.messages import queries
from cpd.schools.messages.models import Announcement, MessageStop
from cpd.schools.messages.rules.timing import MessageKind, MessageTopic

PURPOSE = "school-email"
"""Names messages in the outbox."""
MOST_A_DAY = 10
"""How many announcements a class can get within 24 hours."""


@dataclass(frozen=True)
class Message:
    """Something that one person is sent once; what it says is read when it is sent."""

    kind: MessageKind
    subject: str
    about: str
    """What it is about: its key in `rules.timing`, or an announcement."""


def enqueue_messages(session: Session, messages: Iterable[Message], *, now: datetime) -> None:
    """Add messages to the outbox; one that was added before is not added again."""
    payloads = {
        f"{message.kind}.{message.about}.{message.subject}": {
            "kind": message.kind.value,
            "subject": message.subject,
            "about": message.about,
        }
        for message in messages
    }
    outbox.enqueue_jobs(session, PURPOSE, payloads, due_at=now, now=now)


# Announcements


class AnnouncementRefusal(StrEnum):
    """Why nothing was sent to a class."""

    ARCHIVED = "archived"
    NOBODY = "nobody"
    OUT_OF_REACH = "out_of_reach"
    TOO_MANY = "too_many"


class AnnouncementKeyTakenError(Exception):
    """Another class got something with the same id."""


@dataclass(frozen=True)
class NewAnnouncement:
    """What to write to a class; a form that is sent twice has the same id."""

    public_id: str
    title: str
    text: str


def announce_to_class(
    session: Session,
    reach: Reach,
    cohort_id: str,
    new: NewAnnouncement,
    *,
    actor: Actor,
    now: datetime,
) -> Announcement | AnnouncementRefusal:
    """Send something to everybody who learns in a class now; idempotent by its id.

    Raises AnnouncementKeyTakenError if what has this id was written to a class out of reach.
    """
    cohort = find_locked_cohort(session, reach, cohort_id)
    if cohort is None:
        return AnnouncementRefusal.OUT_OF_REACH
    present = queries.find_announcement(session, reach, new.public_id)
    if present is not None:
        is_same = present.cohort_id == cohort.id
        return present if is_same else AnnouncementRefusal.OUT_OF_REACH
    if cohort.archived_at is not None:
        return AnnouncementRefusal.ARCHIVED
    day_ago = now - timedelta(days=1)
    if queries.count_announcements(session, reach, cohort, since=day_ago) >= MOST_A_DAY:
        return AnnouncementRefusal.TOO_MANY
    recipients = queries.find_recipients(session, reach, cohort)
    if not recipients:
        return AnnouncementRefusal.NOBODY
    announcement = Announcement(
        public_id=new.public_id,
        cohort_id=cohort.id,
        subject=actor.subject,
        title=new.title,
        text=new.text,
        recipient_count=len(recipients),
        sent_at=now,
    )
    session.add(announcement)
    flush_or_raise(session, AnnouncementKeyTakenError)
    kind, about = MessageKind.ANNOUNCEMENT, new.public_id
    enqueue_messages(session, (Message(kind, to, about) for to in recipients), now=now)
    audit.add_audit_entry(
        session, actor, "schools:announcement:send", now=now, to=cohort_id, announcement=about
    )
    return announcement


# Stopping


def stop_topic(session: Session, subject: str, topic: MessageTopic, *, now: datetime) -> None:
    """Send a person no more messages of a topic, not even those in the outbox; idempotent."""
    row = {"subject": subject, "topic": topic, "stopped_at": now}
    insert_if_absent(session, MessageStop, [row], by=["subject", "topic"])


def choose_topics(
    session: Session, wanted: Collection[MessageTopic], *, actor: Actor, now: datetime
) -> None:
    """Send the actor only messages of these topics from now on."""
    for topic in MessageTopic:
        if topic not in wanted:
            stop_topic(session, actor.subject, topic, now=now)
    session.execute(
        sa.delete(MessageStop).where(
            MessageStop.subject == actor.subject, MessageStop.topic.in_(wanted)
        )
    )
