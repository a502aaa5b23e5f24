"""The links at the head and foot of every page; each room adds its own."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for
from flask.globals import request_ctx

from cpd.joints.rooms import NavItem
from cpd.kernel.memory import LruCache
from cpd.web.translate import current_request_language

_KEY = "cpd.navigation"


@dataclass(frozen=True)
class NavLink:
    """A link as the page shows it."""

    label: str
    url: str
    aria_current: str
    """`page` on the page itself, `true` elsewhere in its part of the site, otherwise empty."""
    opens_new_tab: bool = False
    """Whether it opens in another tab."""


def add_navigation_links(app: Flask, *items: NavItem) -> None:
    """Add the links of one room."""
    links: list[NavItem] = app.extensions.setdefault(_KEY, [])
    links.extend(items)
    links.sort(key=lambda item: item.order)


def build_visible_links(place: str) -> Iterator[NavLink]:
    """Yield the links that the current reader sees in this place, in order."""
    if request_ctx.url_adapter is None:
        return  # the host name was refused, so no URL can be built
    items: list[NavItem] = current_app.extensions.get(_KEY, [])
    shown = [item for item in items if place in (item.place, item.also_in) and item.is_shown()]
    here, kind = _find_current_item(shown)
    for item in shown:
        label, url = _build_label_and_url(item)
        yield NavLink(label, url, kind if item is here else "", item.opens_new_tab())


_static_links: LruCache[tuple[NavItem, str, str], tuple[str, str]] = LruCache(256)


def _build_label_and_url(item: NavItem) -> tuple[str, str]:
    """Return the label and URL, cached if neither depends on the request."""
    if callable(item.label) or callable(item.values):
        label = item.label() if callable(item.label) else item.label
        return str(label), url_for(item.endpoint, **_build_url_values(item))
    key = (item, current_request_language(), request.root_path)
    cached = _static_links.get(key)
    if cached is None:
        cached = _static_links.put(key, (str(item.label), url_for(item.endpoint, **item.values)))
    return cached


def _build_url_values(item: NavItem) -> Mapping[str, Any]:
    return item.values() if callable(item.values) else item.values


def _find_current_item(items: Sequence[NavItem]) -> tuple[NavItem | None, str]:
    """Return the item to mark as current, and as what; several that lead here mark none of them."""
    arguments = request.view_args or {}
    leading_here = [
        item
        for item in items
        if request.endpoint == item.endpoint
        and arguments.items() <= _build_url_values(item).items()
    ]
    if leading_here:
        return (leading_here[0], "page") if len(leading_here) == 1 else (None, "")
    covered = {request.blueprint, request.endpoint}
    return next((item for item in items if covered & set(item.covers)), None), "true"
