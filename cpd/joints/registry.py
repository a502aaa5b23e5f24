"""What the rooms of one app are to each other: held by the app, so that two apps share nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

EXTENSION = "cpd.joined"

Job = Callable[[Any, datetime], None]
"""Does the work of one outbox item at an instant; called again for it, it changes nothing."""


@dataclass(frozen=True)
class Subscriber:
    """What a room does about one type of event; `in_transaction` and `in_worker` make one."""

    event: type[Any]
    purpose: str
    """Its name in the outbox, which no other work has."""
    handle: Callable[[Session, Any, datetime], None]
    """Acts on what the database says at an instant; the event says only where to look."""
    is_prompt: bool


@dataclass(frozen=True)
class Registry:
    """Who answers, fills, hears and works in an app; built when it starts."""

    answers: dict[object, Callable[..., Any]]
    fillings: dict[object, Sequence[Callable[..., Any]]]
    subscribers: dict[type[Any], Sequence[Subscriber]]
    jobs: dict[str, Job]
    email_purposes: frozenset[str]
    """Purposes of jobs that need the mail server."""


def current_registry() -> Registry:
    """Return what is joined in the present app."""
    found: Registry = current_app.extensions[EXTENSION]
    return found
