"""The links at the head and foot of every page: each room adds its own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for
from flask.globals import request_ctx

from cpd.joints.rooms import NavItem
from cpd.kernel.memory import LruCache
from cpd.web.translate import request_language

_KEY = "cpd.navigation"


@dataclass(frozen=True)
class NavLink:
    """A link as the page shows it."""

    label: str
    url: str
    aria_current: str
    """For aria-current: `page` on the page itself, `true` in its part of the site, else empty."""
    opens_new_tab: bool = False
    """Opens in another tab."""


def add_links(app: Flask, *items: NavItem) -> None:
    """Add links; the app does so once for each room."""
    known: list[NavItem] = app.extensions.setdefault(_KEY, [])
    known.extend(items)
    known.sort(key=lambda item: item.order)


def navigation(place: str) -> Iterator[NavLink]:
    """Yield the links of a place that are shown to whoever asks, in their order."""
    if request_ctx.url_adapter is None:
        return  # the host of the request was refused: there is nothing to link to
    items: list[NavItem] = current_app.extensions.get(_KEY, [])
    for item in items:
        if item.place == place and item.is_shown():
            label, address = _told(item)
            yield NavLink(label, address, _is_here(item), item.opens_new_tab())


_fixed: LruCache[tuple[NavItem, str, str], tuple[str, str]] = LruCache(256)


def _told(item: NavItem) -> tuple[str, str]:
    """Return label and address; remembered where neither depends on who asks for what."""
    if callable(item.label) or callable(item.values):
        label = item.label() if callable(item.label) else item.label
        return str(label), url_for(item.endpoint, **_values(item))
    key = (item, request_language(), request.root_path)
    known = _fixed.get(key)
    if known is None:
        known = _fixed.put(key, (str(item.label), url_for(item.endpoint, **item.values)))
    return known


def _values(item: NavItem) -> Mapping[str, Any]:
    return item.values() if callable(item.values) else item.values


def _is_here(item: NavItem) -> str:
    asked = request.view_args or {}
    if request.endpoint == item.endpoint and asked.items() <= _values(item).items():
        return "page"
    return "true" if request.blueprint is not None and request.blueprint in item.covers else ""
