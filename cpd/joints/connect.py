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
    _refuse_unanswered(rooms)
    parts = sorted((each for room in rooms for each in room.fills), key=lambda it: it.order)
    subscribers = [each for room in rooms for each in room.subscribes]
    emails = [each for room in rooms for each in room.emails.items()]
    jobs = [each for room in rooms for each in room.jobs.items()] + emails
    jobs += [(each.purpose, _job_of(each)) for each in subscribers]
    _refuse_duplicates("purpose", (purpose for purpose, _ in jobs))
    app.extensions[EXTENSION] = Registry(
        answers={each.question: each.function for room in rooms for each in room.answers},
        slot_parts=_grouped((each.slot, each.function) for each in parts),
        subscribers=_grouped((each.event, each) for each in subscribers),
        jobs=dict(jobs),
        email_purposes=frozenset(purpose for purpose, _ in emails),
    )


def _refuse_unanswered(rooms: Sequence[Room]) -> None:
    asked = [question.name for room in rooms for question in room.asks]
    answered = [each.question.name for room in rooms for each in room.answers]
    _refuse_duplicates("question", asked)
    _refuse_duplicates("answer to", answered)
    if unanswered := set(asked) - set(answered):
        raise RoomsError(f"No room answers: {', '.join(sorted(unanswered))}.")
    if unasked := set(answered) - set(asked):
        raise RoomsError(f"No room lists under `asks`: {', '.join(sorted(unasked))}.")


def _refuse_duplicates(what: str, names: Iterable[str]) -> None:
    if duplicates := [name for name, count in Counter(names).items() if count > 1]:
        raise RoomsError(f"There is more than one {what} {', '.join(sorted(duplicates))}.")


def _grouped(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, Sequence[Any]]:
    grouped = defaultdict(list)
    for key, value in pairs:
        grouped[key].append(value)
    return dict(grouped)


def _job_of(subscriber: Subscriber) -> Job:
    """Return the job by which the worker calls a subscriber, in a transaction of its own."""

    def handle(item: Any, now: datetime) -> None:
        event = subscriber.event.from_json(item.payload)
        with unit_of_work() as session:
            subscriber.handle(session, event, now)

    return handle
