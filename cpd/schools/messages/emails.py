"""Writing and sending messages: each is looked up again first, and only sent if it is still so.

So nobody gets an email who has left the school meanwhile, stopped it or done what it is about, even
if it had to wait for the mail server.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from cpd.access.permissions import Scope
from cpd.accounts.queries import find_contacts_by_subject
from cpd.courses.rules.addresses import CourseAddress
from cpd.db import db
from cpd.jobs.models import OutboxItem
from cpd.mail import sending
from cpd.mail.emails import Email
from cpd.organisations.queries import find_school
from cpd.schools.assignment_pages.queries import (
    LearnerCounts,
    count_learners_by_assignment,
    find_late_learners,
)
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.queries import find_course_titles, find_recent_assignments
from cpd.schools.assignments.rules.windows import Stage
from cpd.schools.cohorts.queries import Reach
from cpd.schools.messages import queries
from cpd.schools.messages.actions import Message
from cpd.schools.messages.jobs import RECENT
from cpd.schools.messages.rules.timing import (
    TOPICS,
    MessageKind,
    is_reminder_true,
)
from cpd.schools.messages.stop_links import StopLink, build_stop_url
from cpd.web.formatting import format_instant

MOST_IN_DIGEST = 20
_MOST_LATE = 2000
_FOLDER = "schools/emails"


@dataclass(frozen=True)
class _Draft:
    """A template, with what it says."""

    template: str
    values: Mapping[str, Any]


def send_school_email(item: OutboxItem, now: datetime) -> None:
    """Send a message, unless it is no longer so."""
    payload, session = item.payload, db.session()
    message = Message(MessageKind(payload["kind"]), payload["subject"], payload["about"])
    draft = _WRITERS[message.kind](session, message, now)
    if draft is None:
        return
    person = find_contacts_by_subject(session, [message.subject])[message.subject]
    topic = TOPICS[message.kind]
    stop_url = build_stop_url(StopLink(message.subject, topic))
    values = {**draft.values, "name": person.name, "topic": topic.value, "stop_url": stop_url}
    email = Email(person.email, f"{_FOLDER}/{draft.template}", values, stop_url)
    sending.send_or_give_up_email(email, item, now=now)


def _write_reminder(session: Session, message: Message, now: datetime) -> _Draft | None:
    assignment_id, _, _ = message.about.partition(".")
    task = queries.find_open_task(session, message.subject, assignment_id)
    if task is None or not is_reminder_true(
        message.kind, message.about, assignment_id, task.window, now
    ):
        return None
    assignment, zone = task.assignment, task.reader.zone
    closes = task.window.closes
    values = {
        "title": find_course_titles(session, [assignment.course_id])[assignment.course_id],
        "school": assignment.cohort.school.name,
        "class_name": assignment.cohort.name,
        "due": format_instant(task.window.due.instant, zone),
        "closes": None if closes is None else format_instant(closes.instant, zone),
        "is_closed": task.window.stage_at(now) is Stage.CLOSED,
        "address": CourseAddress(assignment.course.slug, assignment.public_id),
    }
    return _Draft(f"{message.kind.replace('-', '_')}.txt", values)


def _write_digest(session: Session, message: Message, now: datetime) -> _Draft | None:
    """Write only counts: names do not belong in an email."""
    school_id, _, _ = message.about.partition(".")
    since = now - RECENT
    teaching = queries.find_digest_reader(session, message.subject, school_id, since=since, now=now)
    if teaching is None:
        return None
    reach = Reach(Scope.of_school(school_id), message.subject)
    recent = find_recent_assignments(session, reach, since=since, limit=MOST_IN_DIGEST)
    counts = count_learners_by_assignment(session, reach, recent)
    late = find_late_learners(session, reach, recent, now=now, limit=_MOST_LATE)
    late_counts = Counter(learner.assignment_id for learner in late)
    titles = find_course_titles(session, [row.course_id for row in recent])
    zone = teaching.reader.zone
    school = find_school(session, reach.scope)
    lines = [
        _describe_assignment(row, counts.get(row.id, LearnerCounts()), late_counts[row.id])
        | {"title": titles[row.course_id], "due": format_instant(row.due_at, zone)}
        for row in recent
    ]
    return _Draft("digest.txt", {"school": school.name, "slug": school.slug, "lines": lines})


def _describe_assignment(
    assignment: Assignment, counts: LearnerCounts, late_count: int
) -> dict[str, Any]:
    return {
        "class_name": assignment.cohort.name,
        "has_exam": assignment.purpose == "exam",
        "passed": counts.passed,
        "total": counts.total,
        "late": late_count,
    }


def _write_announcement(session: Session, message: Message, _now: datetime) -> _Draft | None:
    announcement = queries.find_sent_announcement(session, message.about)
    if announcement is None or not queries.is_recipient(session, message.subject, announcement):
        return None
    values = {
        "title": announcement.title,
        "text": announcement.text,
        "school": announcement.cohort.school.name,
        "class_name": announcement.cohort.name,
    }
    return _Draft("announcement.txt", values)


_WRITERS: Mapping[MessageKind, Callable[[Session, Message, datetime], _Draft | None]] = {
    MessageKind.DUE_SOON: _write_reminder,
    MessageKind.OVERDUE: _write_reminder,
    MessageKind.DIGEST: _write_digest,
    MessageKind.ANNOUNCEMENT: _write_announcement,
}
