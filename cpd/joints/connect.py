"""Connects the rooms of an app, and refuses to start one whose rooms do not fit together."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask import Flask

from cpd.db import unit_of_work
from cpd.joints.registry import EXTENSION, Job, Registry, Subscriber
from cpd.joints.rooms import Room


class RoomsError(RuntimeError):
    """The rooms of an app do not fit together; the message names what does not."""


def connect_rooms(app: Flask, rooms: Sequence[Room]) -> None:
    """Register the answers, slot parts, subscribers and jobs of all rooms; raises RoomsError."""
    _refuse_unanswered_questions(rooms)
    parts = sorted((part for room in rooms for part in room.fills), key=lambda part: part.order)
    subscribers = [subscriber for room in rooms for subscriber in room.subscribes]
    emails = [job for room in rooms for job in room.emails.items()]
    jobs = [job for room in rooms for job in room.jobs.items()] + emails
    jobs += [(subscriber.purpose, _build_subscriber_job(subscriber)) for subscriber in subscribers]
    _refuse_duplicate_names("purpose", (purpose for purpose, _ in jobs))
    app.extensions[EXTENSION] = Registry(
        answers={answer.question: answer.function for room in rooms for answer in room.answers},
        slot_parts=_group_by_key((part.slot, part.function) for part in parts),
        subscribers=_group_by_key((subscriber.event, subscriber) for subscriber in subscribers),
        jobs=dict(jobs),
        email_purposes=frozenset(purpose for purpose, _ in emails),
        repeating=tuple(each for room in rooms for each in room.repeating),
        personal=tuple(each for room in rooms for each in room.personal),
    )


def _refuse_unanswered_questions(rooms: Sequence[Room]) -> None:
    asked = [question.name for room in rooms for question in room.asks]
    answered = [answer.question.name for room in rooms for answer in room.answers]
    _refuse_duplicate_names("question", asked)
    _refuse_duplicate_names("answer to", answered)
    if unanswered := set(asked) - set(answered):
        raise RoomsError(f"No room answers: {', '.join(sorted(unanswered))}.")
    if unasked := set(answered) - set(asked):
        raise RoomsError(f"No room lists under `asks`: {', '.join(sorted(unasked))}.")


def _refuse_duplicate_names(what: str, names: Iterable[str]) -> None:
    if duplicates := [name for name, count in Counter(names).items() if count > 1]:
        raise RoomsError(f"There is more than one {what} {', '.join(sorted(duplicates))}.")


def _group_by_key(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, Sequence[Any]]:
    grouped = defaultdict(list)
    for key, value in pairs:
        grouped[key].append(value)
    return dict(grouped)


def _build_subscriber_job(subscriber: Subscriber) -> Job:
    """Return the job by which the worker calls a subscriber, in a transaction of its own."""

    def handle_event_in_transaction(item: Any, now: datetime) -> None:
        event = subscriber.event.from_json(item.payload)
        with unit_of_work() as session:
            subscriber.handle(session, event, now)

    return handle_event_in_transaction
