"""The language of a request and its translations, looked up once."""

from functools import lru_cache
from typing import Any

from flask import Flask, g
from flask_babel import get_translations
from jinja2.nodes import EvalContext
from jinja2.utils import pass_eval_context
from markupsafe import Markup

from cpd.content.markup import trust_html
from cpd.web.formatting import current_page_language

CACHED_TEXTS = 2048
"""How many texts of templates are cached, in all languages together."""


def init_app(app: Flask) -> None:
    """Give templates our gettext, because flask_babel's looks up the language for every text."""
    environment: Any = app.jinja_env  # the extension adds a method that is missing from the types
    environment.install_gettext_callables(
        gettext=lambda text: _current_translations().ugettext(text),
        ngettext=lambda one, many, n: _current_translations().ungettext(one, many, n),
        newstyle=True,
    )
    app.jinja_env.globals["_"] = _translate


@pass_eval_context
def _translate(context: EvalContext, text: str, **values: Any) -> str:
    """Do what Jinja's own gettext does, but format each text without values only once."""
    translations = _current_translations()
    if context.autoescape and not values:
        return _format_without_values(translations, text)
    translated: str = translations.ugettext(text)
    return (trust_html(translated) if context.autoescape else translated) % values


@lru_cache(maxsize=CACHED_TEXTS)
def _format_without_values(translations: Any, text: str) -> Markup:
    formatted: Markup = trust_html(translations.ugettext(text)) % {}
    return formatted


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
