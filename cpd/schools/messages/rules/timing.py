"""When a reminder or a digest is to be sent, by the clock of its reader.

A message is sent in the morning, or later that day if the worker stood still. It has a key, and for
one key a person gets one message: a reminder has another key once the due date is another day.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from cpd.schools.assignments.rules.windows import Stage, Window


class MessageTopic(StrEnum):
    """What a person can stop, each by itself."""

    REMINDERS = "reminders"
    DIGESTS = "digests"
    ANNOUNCEMENTS = "announcements"


class MessageKind(StrEnum):
    """What a message is."""

    DUE_SOON = "due-soon"
    OVERDUE = "overdue"
    DIGEST = "digest"
    ANNOUNCEMENT = "announcement"


TOPICS: Mapping[MessageKind, MessageTopic] = {
    MessageKind.DUE_SOON: MessageTopic.REMINDERS,
    MessageKind.OVERDUE: MessageTopic.REMINDERS,
    MessageKind.DIGEST: MessageTopic.DIGESTS,
    MessageKind.ANNOUNCEMENT: MessageTopic.ANNOUNCEMENTS,
}

READING_HOURS = range(9, 20)
"""In which hours of a reader's day messages are sent."""
DAYS_BEFORE = 2
"""How many days before an assignment is due its reminder is sent."""
DAYS_AFTER = 3
"""For how many days after it was due the reminder that it is late can still be sent."""
DIGEST_DAYS = range(2)
"""On which days of the week a digest can be sent: Monday, or Tuesday if the worker stood still."""

SEARCHED_BEFORE = timedelta(days=DAYS_BEFORE + 2)
SEARCHED_AFTER = timedelta(days=DAYS_AFTER + 2)
"""How far from now what is due is searched for: the days above in any zone, and some more."""


def find_reminder_kind(window: Window, now: datetime, zone: tzinfo) -> MessageKind | None:
    """Return which reminder somebody is to get now about an assignment; None for no reminder."""
    there, due = now.astimezone(zone), window.due.instant.astimezone(zone).date()
    if there.hour not in READING_HOURS or window.stage_at(now) is Stage.BEFORE:
        return None
    if now <= window.due.instant:
        is_soon = there.date() >= due - timedelta(days=DAYS_BEFORE)
        return MessageKind.DUE_SOON if is_soon else None
    is_fresh = due < there.date() <= due + timedelta(days=DAYS_AFTER)
    return MessageKind.OVERDUE if is_fresh else None


def build_reminder_key(assignment_id: str, window: Window) -> str:
    """Return the key of both reminders about an assignment: it changes with the day when due."""
    return f"{assignment_id}.{window.due.wall.date()}"


def is_reminder_true(
    kind: MessageKind, key: str, assignment_id: str, window: Window, now: datetime
) -> bool:
    """Tell whether a reminder still says what is so: the same due day, still to come or past."""
    is_late = now > window.due.instant
    return key == build_reminder_key(assignment_id, window) and is_late is (
        kind is MessageKind.OVERDUE
    )


def find_digest_week(now: datetime, zone: tzinfo) -> date | None:
    """Return the Monday of the week whose digest somebody is to get now; None for none."""
    there = now.astimezone(zone)
    if there.hour not in READING_HOURS or there.weekday() not in DIGEST_DAYS:
        return None
    return there.date() - timedelta(days=there.weekday())


def build_digest_key(school_id: str, week: date) -> str:
    """Return the key of the digest of a school for a week."""
    return f"{school_id}.{week}"
