"""The blueprint of this room, and how its pages show stories."""

from flask import Blueprint
from markupsafe import Markup

from cpd.content.placeholders import fill_citations
from cpd.web.country import fill_token_of_reader

bp = Blueprint("quizzes", __name__, template_folder="templates")


def remove_citations_from_html(html: str) -> Markup:
    """Return stored HTML without its citations: in an exam, a source would be a hint."""
    return fill_citations(html, lambda _number, _key: "", local=fill_token_of_reader)[0]
