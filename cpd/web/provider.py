"""The provider's public pages, such as contact and privacy, rendered once from Markdown."""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from flask import Blueprint, Flask, Response, abort, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from cpd.access.guard import public
from cpd.content.placeholders import fill_citations
from cpd.db import db
from cpd.joints.rooms import NavItem
from cpd.kernel.addresses import encode_address
from cpd.provider import current, queries
from cpd.provider.rules.profile import Profile
from cpd.web.navigation import add_navigation_links
from cpd.web.provider_texts import HOME, read_page_sources, render_provider_texts
from cpd.web.static import CACHE_FOREVER

log = structlog.get_logger(__name__)

_KEY = "cpd.provider_pages"


@dataclass(frozen=True)
class ProviderPage:
    """A page of the provider: its title, and the label of its link in the footer."""

    title: LazyString
    label: LazyString


PAGES: Mapping[str, ProviderPage] = {
    "contact": ProviderPage(_l("How to reach us"), _l("Contact")),
    "privacy": ProviderPage(_l("What is stored, and who sees it"), _l("Privacy")),
    "terms": ProviderPage(_l("What you agree to"), _l("Terms")),
    "complaints": ProviderPage(_l("If something went wrong"), _l("Complaints")),
    "cost": ProviderPage(_l("What it costs, and refunds"), _l("Cost and refunds")),
    "accommodation": ProviderPage(_l("Asking for an accommodation"), _l("Accommodations")),
}


@dataclass(frozen=True)
class HomeText:
    """What the provider says at the top of the home page."""

    title: Markup
    """Its first paragraph."""
    text: Markup
    """The rest."""


class ProviderTextError(Exception):
    """A text of the provider cannot be rendered; the message names the file."""


def init_app(app: Flask, bp: Blueprint) -> None:
    """Add the pages, their links, and the logo."""
    bp.add_url_rule("/provider/<string:name>", "provider", show_provider_page)
    bp.add_url_rule("/provider/logo/<string:sha256>", "logo", send_logo)
    for number, (name, page) in enumerate(PAGES.items()):
        add_navigation_links(
            app,
            NavItem(
                page.label,
                "web.provider",
                order=60 + number,
                place="foot",
                values={"name": name},
            ),
        )


@public
def show_provider_page(name: str) -> ResponseReturnValue:
    """Show one page of the provider."""
    page = PAGES.get(name) or abort(404)
    profile = current.current_provider()
    return render_template(
        "web/provider.html", page=page, text=render_text_of_page(name), profile=profile
    )


def render_text_of_page(name: str) -> Markup:
    """Return the text of one page of the provider, with the provider's details."""
    profile = current.current_provider()
    return _fill_provider_details(_render_texts_once(profile)[name], profile)


@public
def send_logo(sha256: str) -> Response:
    """Send the logo; its URL changes with it, so browsers may cache it."""
    file = queries.find_logo(db.session(), sha256) or abort(404)
    return Response(file.content, mimetype=file.type, headers={"Cache-Control": CACHE_FOREVER})


def build_home_text(profile: Profile) -> HomeText | None:
    """Return the provider's own words for the home page; None to keep the usual ones."""
    if HOME not in profile.pages:
        return None
    html = _fill_provider_details(_render_texts_once(profile)[HOME], profile)
    title, end, text = html.partition(Markup("</p>"))
    if not (end and title.startswith("<p>")):
        return None
    return HomeText(title.removeprefix("<p>"), text)


def _render_texts_once(profile: Profile) -> Mapping[str, Markup]:
    """Return the pages as safe HTML, rendered at the first visit and cached until they change."""
    cached: tuple[Mapping[str, str] | None, Mapping[str, Markup]]
    cached = current_app.extensions.get(_KEY, (None, {}))
    pages, shown = cached
    if pages != profile.pages:
        shown = _render_all_texts(profile)
        current_app.extensions[_KEY] = (profile.pages, shown)
    return shown


def _render_all_texts(profile: Profile) -> dict[str, Markup]:
    """Return all texts as safe HTML; raises ProviderTextError."""
    shown = {}
    for name, text in render_provider_texts(read_page_sources(profile.pages)).items():
        if text.rendered.was_stopped:
            msg = f"{text.faults[0].file}: {text.faults[0].message}"
            raise ProviderTextError(msg)
        for fault in text.faults:
            log.warning(
                "provider page",
                file=fault.file,
                line=fault.line,
                why=f"{fault.message} {fault.remedy}",
            )
        shown[name], _ = fill_citations(text.rendered.html, lambda _number, _key: "")
    return shown


def _fill_provider_details(text: Markup, profile: Profile) -> Markup:
    """Fill the provider's details into a text, escaped."""
    return (
        text.replace("{provider}", profile.name)
        .replace("{number}", profile.number)
        .replace("{postal}", profile.postal)
        .replace("{contact}", _render_contact_link(profile.contact))
        .replace("{complaints}", _render_contact_link(profile.complaints or profile.contact))
    )


def _render_contact_link(address: str) -> str:
    """Return an email or web address as a link, or a note that there is none."""
    if not address:
        note: str = gettext("the people who gave you your account (there is no address here yet)")
        return note
    is_web = address.startswith("https://")
    href = address if is_web else f"mailto:{encode_address(address)}" if "@" in address else ""
    return Markup('<a href="{}">{}</a>').format(href, address) if href else address
