"""The fragment cache: parts of pages that depend only on a few values, rendered once."""

from collections.abc import Hashable
from typing import TypeAlias

from flask import Flask, request
from jinja2.runtime import Macro
from markupsafe import Markup, escape

from cpd.content.languages import language_of_text
from cpd.kernel.memory import LruCache
from cpd.web.country import current_country_key
from cpd.web.translate import current_request_language


def init_app(app: Flask) -> None:
    """Make the cache available to the templates."""
    app.jinja_env.globals.update(
        cached_fragment=render_cached_fragment, cached_large_fragment=render_cached_large_fragment
    )


def render_cached_fragment(macro: Macro, *values: Hashable) -> Markup:
    """Render a fragment that depends only on these values, and cache it.

    The cache key includes the language, the country, and the path below which the site is mounted,
    because URLs begin with it.
    """
    return _render_macro_once(_fragments, macro, values)


def render_cached_large_fragment(macro: Macro, *values: Hashable) -> Markup:
    """Do the same for large fragments, of which fewer are cached."""
    return _render_macro_once(_large_fragments, macro, values)


_FragmentCache: TypeAlias = LruCache[tuple[Hashable, ...], Markup]
_fragments: _FragmentCache = LruCache(2048)
_large_fragments: _FragmentCache = LruCache(128)


def _render_macro_once(cache: _FragmentCache, macro: Macro, values: tuple[Hashable, ...]) -> Markup:
    # Two texts that read the same may be in different languages.
    key = (
        *(macro.name, current_request_language(), current_country_key(), request.root_path),
        *(values, _languages_in(values)),
    )
    cached = cache.get(key)
    return cached if cached is not None else cache.put(key, escape(macro(*values)))


def _languages_in(values: tuple[Hashable, ...]) -> tuple[Hashable, ...]:
    return tuple(
        _languages_in(value) if isinstance(value, tuple) else language_of_text(value)
        for value in values
        if isinstance(value, str | tuple)
    )
