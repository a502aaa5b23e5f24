"""The links at the head and foot of every page: each room adds its own."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for
from flask.globals import request_ctx

_KEY = "cpd.navigation"


def _always() -> bool:
    return True


def _never() -> bool:
    return False


@dataclass(frozen=True)
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
    values: Callable[[], Mapping[str, Any]] = dict
    """What the address is filled in with, or carries along from the present page."""
    is_apart: Callable[[], bool] = _never
    """Whether following it from the present page could lose work, so that it opens beside it."""


@dataclass(frozen=True)
class NavLink:
    """A link as the page shows it."""

    label: str
    url: str
    is_here: str
    """For aria-current: `page` on the page itself, `true` in its part of the site, else empty."""
    is_apart: bool = False
    """Opens in another tab."""


def add_links(app: Flask, *items: NavItem) -> None:
    """Add a room's links; called once, when the room is joined to the app."""
    app.extensions.setdefault(_KEY, []).extend(items)


def navigation(place: str) -> Iterator[NavLink]:
    """Yield the links of a place that are shown to whoever asks, in their order."""
    if request_ctx.url_adapter is None:
        return  # the host of the request was refused: there is nothing to link to
    items: list[NavItem] = current_app.extensions.get(_KEY, [])
    for item in sorted(items, key=lambda item: item.order):
        if item.place == place and item.shown():
            label = item.label() if callable(item.label) else item.label
            address = url_for(item.endpoint, **item.values())
            yield NavLink(str(label), address, _is_here(item), item.is_apart())


def _is_here(item: NavItem) -> str:
    asked = request.view_args or {}
    if request.endpoint == item.endpoint and asked.items() <= item.values().items():
        return "page"
    return "true" if request.blueprint is not None and request.blueprint in item.covers else ""
