"""What a room declares in its `room.py`; `app.py` reads nothing else of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from flask import Blueprint, Flask
from sqlalchemy.orm import Session

from cpd.joints.personal import PersonalData
from cpd.joints.questions import Answer, Question, SlotPart
from cpd.joints.registry import Job, Subscriber
from cpd.kernel.events import Event

E = TypeVar("E", bound=Event)


def build_subscriber_in_transaction(
    event: type[E], purpose: str, handle: Callable[[Session, E, datetime], None]
) -> Subscriber:
    """Handle an event in its own transaction; a failure undoes this alone and is retried later."""
    return Subscriber(event, purpose, handle, is_prompt=True)


def build_subscriber_in_worker(
    event: type[E], purpose: str, handle: Callable[[Session, E, datetime], None]
) -> Subscriber:
    """Handle an event in the worker, in a transaction of its own."""
    return Subscriber(event, purpose, handle, is_prompt=False)


def _always_true() -> bool:
    return True


def _always_false() -> bool:
    return False


@dataclass(frozen=True, eq=False)
class NavItem:
    """A link to an endpoint, sorted by `order`; `is_shown` tells whether the reader sees it."""

    label: Any
    """A text, a lazy text, or a function that returns one (a person's name)."""
    endpoint: str
    order: int = 50
    place: str = "top"
    """`top`, `foot`, or `exam`: the short foot of an open exam."""
    also_in: str = ""
    """A second place, if it has one."""
    is_shown: Callable[[], bool] = _always_true
    covers: tuple[str, ...] = ()
    """Blueprints and endpoints whose pages belong under this item, besides its own endpoint."""
    values: Mapping[str, Any] | Callable[[], Mapping[str, Any]] = field(default_factory=dict)
    """Values for the URL; a function takes them from the current page."""
    opens_new_tab: Callable[[], bool] = _always_false
    """Whether leaving the current page could lose work, so that the link opens a new tab."""


@dataclass(frozen=True, kw_only=True)
class Room:
    """One part of the site: its pages, links, questions and answers, subscriptions and jobs."""

    blueprint: Blueprint | None = None
    navigation: tuple[NavItem, ...] = ()
    asks: tuple[Question[..., Any], ...] = ()
    """Its questions; exactly one room must answer each."""
    answers: tuple[Answer, ...] = ()
    fills: tuple[SlotPart, ...] = ()
    subscribes: tuple[Subscriber, ...] = ()
    jobs: Mapping[str, Job] = field(default_factory=dict)
    """Maps an outbox purpose to its handler."""
    emails: Mapping[str, Job] = field(default_factory=dict)
    """The same for jobs that need the mail server; they run after all that do not."""
    repeating: tuple[Callable[[Session, datetime], None], ...] = ()
    """Enqueue jobs that repeat themselves, unless they are in the outbox: a worker that starts
    calls these, so that none depends on something that happened before this release."""
    personal: tuple[PersonalData, ...] = ()
    """The personal data in its tables."""
    impersonal: tuple[str, ...] = ()
    """Its tables without personal data."""
    on_start: Callable[[Flask], None] | None = None
    """Prepares whatever else the room needs; called last, after all that may refuse to start."""
