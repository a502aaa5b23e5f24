"""Parts of a page as `Markup`, for rooms that answer another room's question with one."""

from typing import Any

from flask import render_template
from markupsafe import Markup

from cpd.content.markup import trust_html


def render_markup(template: str, **values: Any) -> Markup:
    """Render one of our own templates, which escapes its values, as a part of another page."""
    return trust_html(render_template(template, **values))
