"""Telling: in order, in the same transaction, each handler once."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from cpd.kernel import events


@dataclass(frozen=True)
class Rang:
    """Made for these tests, so that nothing else hears it."""

    bell: str


@dataclass(frozen=True)
class RangTwice(Rang):
    """A kind of the above."""


@pytest.fixture
def heard() -> Iterator[list[str]]:
    yield []
    for kind in (Rang, RangTwice):
        events._handlers.pop(kind, None)


def test_handlers_are_called_in_the_order_in_which_they_came(heard: list[str]) -> None:
    events.subscribe(Rang, lambda session, event: heard.append(f"first {session} {event.bell}"))
    events.subscribe(Rang, lambda session, event: heard.append(f"second {session} {event.bell}"))
    events.publish("session", Rang("door"))
    assert heard == ["first session door", "second session door"]


def test_subscribing_twice_is_once(heard: list[str]) -> None:
    def note(_session: object, event: Rang) -> None:
        heard.append(event.bell)

    events.subscribe(Rang, note)
    events.subscribe(Rang, note)
    events.publish(None, Rang("door"))
    assert heard == ["door"]


def test_an_event_without_a_handler_is_told_to_nobody_and_leaves_nothing(heard: list[str]) -> None:
    events.publish(None, Rang("door"))
    assert heard == []
    assert Rang not in events._handlers


def test_a_handler_hears_its_own_type_alone(heard: list[str]) -> None:
    events.subscribe(Rang, lambda _session, event: heard.append(event.bell))
    events.publish(None, RangTwice("door"))
    assert heard == []


def test_what_a_handler_raises_goes_up_and_stops_the_rest(heard: list[str]) -> None:
    def fail(_session: object, _event: Rang) -> None:
        raise ZeroDivisionError

    events.subscribe(Rang, fail)
    events.subscribe(Rang, lambda _session, event: heard.append(event.bell))
    with pytest.raises(ZeroDivisionError):
        events.publish(None, Rang("door"))
    assert heard == []
