"""Templates that fail when they read an attribute that one of our own objects does not have.

Jinja prints nothing then, so a renamed attribute would quietly take its text off the page.
"""

from typing import Any

from flask import Flask
from jinja2 import TemplateRuntimeError, Undefined, UndefinedError
from jinja2.utils import missing


class StrictAttribute(Undefined):
    """Jinja's own, but it raises for an attribute of an object that `cpd` defines."""

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = missing,
        name: str | None = None,
        exc: type[TemplateRuntimeError] = UndefinedError,
    ) -> None:
        super().__init__(hint, obj, name, exc)
        if type(obj).__module__.startswith("cpd."):
            raise UndefinedError(f"{type(obj).__qualname__} has no {name!r} for a template to read")


def made_strict(app: Flask) -> Flask:
    """Return the app, whose templates now fail at an attribute that does not exist."""
    app.jinja_env.undefined = StrictAttribute
    return app
