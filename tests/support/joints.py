"""Replacing the rooms' answers in a test, and rooms for apps that have none."""

from collections.abc import Callable
from datetime import datetime
from typing import ParamSpec, TypeVar

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from cpd.access import guard
from cpd.access.permissions import VISITOR, Actor
from cpd.joints.questions import Question, Slot
from cpd.joints.registry import EXTENSION, Registry, Subscriber
from cpd.joints.rooms import Room, build_subscriber_in_transaction
from cpd.kernel.events import Event

P = ParamSpec("P")
R = TypeVar("R")


def registry_of(app: Flask) -> Registry:
    """Return the registry of an app."""
    found: Registry = app.extensions[EXTENSION]
    return found


def answer(
    patch: pytest.MonkeyPatch, app: Flask, question: Question[P, R], answer: Callable[P, R]
) -> None:
    """Answer a question differently, in this test and this app."""
    patch.setitem(registry_of(app).answers, question, answer)


def fill(patch: pytest.MonkeyPatch, app: Flask, slot: Slot[P, R], *parts: Callable[P, R]) -> None:
    """Fill a slot with only these parts, in this test and this app."""
    patch.setitem(registry_of(app).slot_parts, slot, parts)


def subscribe(patch: pytest.MonkeyPatch, app: Flask, *more: Subscriber) -> None:
    """Add subscribers before the existing ones, in this test and this app."""
    ours = registry_of(app)
    for each in more:
        patch.setitem(ours.subscribers, each.event, (each, *ours.subscribers.get(each.event, ())))


def heard(patch: pytest.MonkeyPatch, app: Flask, *kinds: type[Event]) -> list[Event]:
    """Return a list that collects every published event of these types."""
    events: list[Event] = []

    def note(_session: Session, event: Event, _now: datetime) -> None:
        events.append(event)

    subscribe(patch, app, *(build_subscriber_in_transaction(kind, "note", note) for kind in kinds))
    return events


def asking(who: Callable[[], Actor] = lambda: VISITOR) -> Room:
    """Return a room that answers the guard, for an app without accounts."""
    return Room(
        answers=(
            guard.who_is_asking.answered_by(who),
            guard.recently_authenticated.answered_by(lambda: False),
            guard.reader_zone.answered_by(lambda: "UTC"),
            guard.reader_country.answered_by(lambda: ""),
        )
    )
