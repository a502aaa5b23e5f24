"""What a room says of itself in its `room.py`; `app.py` reads nothing else of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from flask import Blueprint, Flask
from sqlalchemy.orm import Session

from cpd.joints.joined import Job, Subscriber
from cpd.joints.personal import Personal
from cpd.joints.questions import Answer, Filling, Question
from cpd.kernel.events import Event

E = TypeVar("E", bound=Event)


def promptly(
    event: type[E], purpose: str, handle: Callable[[Session, E, datetime], None]
) -> Subscriber:
    """Act in the transaction of the cause; what fails there is undone alone, and done later."""
    return Subscriber(event, purpose, handle, is_prompt=True)


def later(
    event: type[E], purpose: str, handle: Callable[[Session, E, datetime], None]
) -> Subscriber:
    """Act when the worker comes to it, in a transaction of its own."""
    return Subscriber(event, purpose, handle, is_prompt=False)


def _always() -> bool:
    return True


def _never() -> bool:
    return False


@dataclass(frozen=True, eq=False)
class NavItem:
    """A link to an endpoint; `order` sorts it, `shown` says for whom it stands there now."""

    label: Any
    """A text, a lazy text, or a function that returns one (a person's name)."""
    endpoint: str
    order: int = 50
    place: str = "top"
    """`top` or `foot`."""
    shown: Callable[[], bool] = _always
    covers: tuple[str, ...] = ()
    """Blueprints whose pages stand under this item, besides the endpoint itself."""
    values: Mapping[str, Any] | Callable[[], Mapping[str, Any]] = field(default_factory=dict)
    """What the address is filled in with; a function says what it carries from the present page."""
    is_apart: Callable[[], bool] = _never
    """Whether following it from the present page could lose work, so that it opens beside it."""


@dataclass(frozen=True, kw_only=True)
class Room:
    """One part of the house: what it adds to the site, asks, answers, hears and does."""

    blueprint: Blueprint | None = None
    navigation: tuple[NavItem, ...] = ()
    asks: tuple[Question[..., Any], ...] = ()
    """Its questions, each of which some room must answer."""
    answers: tuple[Answer, ...] = ()
    fills: tuple[Filling, ...] = ()
    subscribes: tuple[Subscriber, ...] = ()
    jobs: Mapping[str, Job] = field(default_factory=dict)
    """Purpose in the outbox to what carries it out."""
    emails: Mapping[str, Job] = field(default_factory=dict)
    """The same for jobs that need the mail server: they come after all that do not."""
    personal: tuple[Personal, ...] = ()
    """What its tables know of people."""
    impersonal: tuple[str, ...] = ()
    """Its other tables."""
    opens: Callable[[Flask], None] | None = None
    """Prepares what else the room needs; called last, when nothing else can refuse the start."""
