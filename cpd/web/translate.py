"""The language of a request and its translations, looked up once."""

from typing import Any

from flask import Flask, g
from flask_babel import get_translations

from cpd.web.formatting import current_page_language


def init_app(app: Flask) -> None:
    """Give templates our gettext, because flask_babel's looks up the language for every text."""
    environment: Any = app.jinja_env  # the extension adds a method that is missing from the types
    environment.install_gettext_callables(
        gettext=lambda text: _current_translations().ugettext(text),
        ngettext=lambda one, many, n: _current_translations().ungettext(one, many, n),
        newstyle=True,
    )
    # The extension's own alias looks up gettext again for every text.
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"]


def _current_translations() -> Any:
    if "texts" not in g:
        g.texts = get_translations()
    return g.texts


def current_request_language() -> str:
    """Return the language of this request, as in the page's lang attribute."""
    if "language" not in g:
        g.language = current_page_language()
    found: str = g.language
    return found
