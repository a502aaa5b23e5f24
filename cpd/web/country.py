"""The country of the person who reads a page, and what texts say there."""

from flask import Flask, g, url_for

from cpd.access import guard
from cpd.content.country_loading import load_countries
from cpd.content.country_tokens import Country, fill_token, fill_tokens_in_plain_text
from cpd.content.languages import language_of_text, mark_text


def init_app(app: Flask) -> None:
    """Give templates the country, and the filter for plain texts of a course."""
    app.jinja_env.filters["local"] = fill_plain_text
    app.jinja_env.globals.update(
        current_country=current_country,
        fill_token=fill_token_of_reader,
        must_ask_for_country=must_ask_for_country,
        country_url=build_country_url,
        countries=load_countries,
        requested_path=guard.read_requested_path,
    )


def current_country() -> Country | None:
    """Return the country that the reader chose; None without a choice, or for any other country."""
    if "country" not in g:
        g.country = load_countries().get(_current_choice())
    found: Country | None = g.country
    return found


def current_country_key() -> str:
    """Return what caches need to know of the country: which one, and the version of its file."""
    if "country_key" not in g:
        country = current_country()
        g.country_key = "" if country is None else country.key
    found: str = g.country_key
    return found


def must_ask_for_country() -> bool:
    """Tell whether the reader has neither chosen a country nor put the question off."""
    return not _current_choice()


def build_country_url() -> str:
    """Return the page that asks for the country and leads back here."""
    return url_for("accounts.country.ask", next=guard.read_requested_path())


def fill_token_of_reader(name: str) -> str:
    """Return what a token stands for in the reader's country."""
    return fill_token(name, current_country())


def fill_plain_text(text: str) -> str:
    """Return a plain text of a course with its tokens filled in, in the same language."""
    if "{{" not in text:
        return text
    filled = fill_tokens_in_plain_text(str.__str__(text), current_country())
    language = language_of_text(text)
    return mark_text(filled, language) if language else filled


def _current_choice() -> str:
    if "country_choice" not in g:
        g.country_choice = guard.reader_country()
    found: str = g.country_choice
    return found
