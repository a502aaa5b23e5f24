"""What connects the rooms of one app. The app holds it, so two apps in a process share nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from cpd.joints.personal import PersonalData

EXTENSION = "cpd.joined"

Job = Callable[[Any, datetime], None]
"""Handles one outbox item at an instant; calling it again for the same item changes nothing."""


@dataclass(frozen=True)
class Subscriber:
    """How a room reacts to one type of event; made by the two functions of `rooms`."""

    event: type[Any]
    purpose: str
    """Its unique name in the outbox."""
    handle: Callable[[Session, Any, datetime], None]
    """Acts on what the database says now; the event only says where to look."""
    is_prompt: bool


@dataclass(frozen=True)
class Registry:
    """The answers, slot parts, subscribers and jobs of an app; built when it starts."""

    answers: dict[object, Callable[..., Any]]
    slot_parts: dict[object, Sequence[Callable[..., Any]]]
    subscribers: dict[type[Any], Sequence[Subscriber]]
    jobs: dict[str, Job]
    email_purposes: frozenset[str]
    """Purposes of jobs that need the mail server."""
    repeating: Sequence[Callable[[Session, datetime], None]] = ()
    """What enqueues the jobs that repeat themselves, unless they are in the outbox."""
    personal: Sequence[PersonalData] = ()
    """The personal data in the tables of all rooms."""


def current_registry() -> Registry:
    """Return the registry of the current app."""
    found: Registry = current_app.extensions[EXTENSION]
    return found
