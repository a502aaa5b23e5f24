"""The blueprint of this room, and how its pages show stories."""

from flask import Blueprint
from markupsafe import Markup

from cpd.content.serve import fill_citations

bp = Blueprint("quizzes", __name__, template_folder="templates")


def shown_bare(html: str) -> Markup:
    """Return a story as an exam shows it: stored HTML without sources, which would be hints."""
    return fill_citations(html, lambda _number, _key: "")[0]
