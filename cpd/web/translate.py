"""The language of a request, looked up once, and a cache of rendered page fragments."""

from collections.abc import Hashable
from typing import Any, TypeAlias

from flask import Flask, g, request
from flask_babel import get_translations
from jinja2.runtime import Macro
from markupsafe import Markup, escape

from cpd.kernel.memory import LruCache
from cpd.web.formatting import page_language


def init_app(app: Flask) -> None:
    """Give templates our gettext; flask_babel's own looks up the language for every text."""
    app.jinja_env.globals.update(
        cached_fragment=cached_fragment, cached_large_fragment=cached_large_fragment
    )
    environment: Any = app.jinja_env  # the extension adds a method that the types do not know
    environment.install_gettext_callables(
        gettext=lambda text: _texts().ugettext(text),
        ngettext=lambda one, many, n: _texts().ungettext(one, many, n),
        newstyle=True,
    )
    # The extension's own alias finds gettext again at every text.
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"]


def cached_fragment(macro: Macro, *values: Hashable) -> Markup:
    """Render a fragment that depends on these values alone, and cache it.

    The language and the path that the site is mounted below, which begins its URLs, are in the key.
    """
    return _render_cached(_fragments, macro, values)


def cached_large_fragment(macro: Macro, *values: Hashable) -> Markup:
    """Do the same for large fragments, of which fewer are cached."""
    return _render_cached(_large_fragments, macro, values)


_FragmentCache: TypeAlias = LruCache[tuple[str, str, str, tuple[Hashable, ...]], Markup]
_fragments: _FragmentCache = LruCache(2048)
_large_fragments: _FragmentCache = LruCache(128)


def _render_cached(cache: _FragmentCache, macro: Macro, values: tuple[Hashable, ...]) -> Markup:
    key = (macro.name, request_language(), request.root_path, values)
    known = cache.get(key)
    return known if known is not None else cache.put(key, escape(macro(*values)))


def _texts() -> Any:
    if "texts" not in g:
        g.texts = get_translations()
    return g.texts


def request_language() -> str:
    """Return the language of this request, as in the page's lang attribute."""
    if "language" not in g:
        g.language = page_language()
    found: str = g.language
    return found
