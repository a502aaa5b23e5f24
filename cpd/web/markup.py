"""Parts of a page as `Markup`, for the rooms that answer another room's question with one."""

from typing import Any

from flask import render_template
from markupsafe import Markup


def render_markup(template: str, **values: Any) -> Markup:
    """Render one of our own templates, which escapes its values, as a part of another page."""
    return Markup(render_template(template, **values))  # noqa: S704 - escaped by the template
