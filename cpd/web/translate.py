"""The language of a request: found once, and not once for each text or part that it shows."""

from collections.abc import Hashable
from typing import Any, TypeAlias

from flask import Flask, g, request
from flask_babel import get_translations
from jinja2.runtime import Macro
from markupsafe import Markup

from cpd.kernel.memory import LruCache
from cpd.web.formatting import page_language


def init_app(app: Flask) -> None:
    """Let templates take texts from here; flask_babel looks for the language at every text."""
    app.jinja_env.globals.update(once=once, once_long=once_long)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined] # the extension's
        gettext=lambda text: _texts().ugettext(text),
        ngettext=lambda one, many, n: _texts().ungettext(one, many, n),
        newstyle=True,
    )
    # The extension's own alias finds gettext again at every text.
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"]


def once(macro: Macro, *facts: Hashable) -> Markup:
    """Draw a part of a page that follows from these facts alone; remembered.

    For each language, and for each path that the site is mounted below, which addresses begin with.
    """
    return _remembered(_drawn, macro, facts)


def once_long(macro: Macro, *facts: Hashable) -> Markup:
    """Do the same for a part of some kilobytes, of which fewer are remembered."""
    return _remembered(_drawn_long, macro, facts)


_Drawn: TypeAlias = LruCache[tuple[str, str, str, tuple[Hashable, ...]], Markup]
_drawn: _Drawn = LruCache(2048)
_drawn_long: _Drawn = LruCache(128)


def _remembered(drawn: _Drawn, macro: Macro, facts: tuple[Hashable, ...]) -> Markup:
    key = (macro.name, request_language(), request.root_path, facts)
    known = drawn.get(key)
    return known if known is not None else drawn.put(key, Markup(macro(*facts)))  # noqa: S704 - a macro's


def _texts() -> Any:
    if "texts" not in g:
        g.texts = get_translations()
    return g.texts


def request_language() -> str:
    """Return the language of this request, as the page's lang attribute says it."""
    if "language" not in g:
        g.language = page_language()
    found: str = g.language
    return found
