"""The language of a request: found once, and not once for each text or part that it shows."""

from collections.abc import Hashable
from typing import Any

from flask import Flask, g
from flask_babel import get_translations
from jinja2.runtime import Macro
from markupsafe import Markup

from cpd.kernel.memory import Remembered
from cpd.web.showing import page_language


def init_app(app: Flask) -> None:
    """Let templates take texts from here; flask_babel looks for the language at every text."""
    app.jinja_env.globals["once"] = once
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined] # the extension's
        gettext=lambda text: _texts().ugettext(text),
        ngettext=lambda one, many, n: _texts().ungettext(one, many, n),
        newstyle=True,
    )


def once(macro: Macro, *facts: Hashable) -> Markup:
    """Draw a part of a page that follows from these facts and the language alone; remembered."""
    key = (macro.name, _language(), facts)
    known = _drawn.recall(key)
    return known if known is not None else _drawn.keep(key, Markup(macro(*facts)))  # noqa: S704 - a macro's


_drawn: Remembered[tuple[str, str, tuple[Hashable, ...]], Markup] = Remembered(2048)


def _texts() -> Any:
    if "texts" not in g:
        g.texts = get_translations()
    return g.texts


def _language() -> str:
    if "language" not in g:
        g.language = page_language()
    found: str = g.language
    return found
