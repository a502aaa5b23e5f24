"""How a lower room tells higher ones what happened; handlers run in the same transaction."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

_handlers: defaultdict[type, list[Callable[..., None]]] = defaultdict(list)


def subscribe(event_type: type, handler: Callable[..., None]) -> None:
    """Have `handler(session, event)` called for each event of a type; twice is the same as once."""
    if handler not in _handlers[event_type]:
        _handlers[event_type].append(handler)


def publish(session: Any, event: object) -> None:
    """Call every handler of the event, in the order in which they subscribed."""
    for handler in _handlers.get(type(event), ()):
        handler(session, event)
