"""The provider's own pages, such as contact and privacy: Markdown, rendered once, for everybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog
from flask import Blueprint, Flask, abort, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from cpd.access.guard import public
from cpd.config import Settings, SettingsError
from cpd.content.serve import fill_citations
from cpd.joints.rooms import NavItem
from cpd.web.navigation import add_links
from cpd.web.provider_texts import file_of, read, texts

log = structlog.get_logger(__name__)

_KEY = "cpd.provider_pages"


@dataclass(frozen=True)
class ProviderPage:
    """A page of the provider: its title, and what its link at the foot of every page says."""

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


class ProviderTextError(Exception):
    """A text of the provider cannot be shown; names the file."""


def init_app(app: Flask, bp: Blueprint) -> None:
    """Add the pages and their links; raises SettingsError for a text that cannot be read."""
    for name in PAGES:
        _refuse_unreadable(file_of(name, app.config["CPD"]))
    bp.add_url_rule("/provider/<string:name>", "provider", provider)
    for number, (name, page) in enumerate(PAGES.items()):
        add_links(
            app,
            NavItem(
                page.label,
                "web.provider",
                order=60 + number,
                place="foot",
                values={"name": name},
            ),
        )


def _refuse_unreadable(file: Path) -> None:
    try:
        read(file)
    except UnicodeDecodeError:
        raise SettingsError(f"{file} is not UTF-8 text: save it again as UTF-8.") from None
    except OSError as fault:
        raise SettingsError(f"{file} cannot be read: {fault.strerror}.") from None


@public
def provider(name: str) -> ResponseReturnValue:
    """Show a page of the provider to anybody."""
    page = PAGES.get(name) or abort(404)
    return render_template("web/provider.html", page=page, text=_with_facts(_texts()[name]))


def _texts() -> Mapping[str, Markup]:
    """Return the pages as safe HTML: rendered at the first visit, remembered until the end."""
    known: Mapping[str, Markup] | None = current_app.extensions.get(_KEY)
    if known is None:
        known = _render(current_app.config["CPD"])
        current_app.extensions[_KEY] = known
    return known


def _render(settings: Settings) -> Mapping[str, Markup]:
    """Return all texts as safe HTML; raises ProviderTextError."""
    shown = {}
    for name, text in texts(settings).items():
        if text.rendered.was_stopped:
            msg = f"{text.file}: {text.rendered.problems[0].message}"
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


def _with_facts(text: Markup) -> Markup:
    """Put the provider's name and addresses into a text, escaped."""
    settings: Settings = current_app.config["CPD"]
    complaints = settings.provider_complaints or settings.provider_contact
    return (
        text.replace("{provider}", settings.provider_name)
        .replace("{contact}", _reached(settings.provider_contact))
        .replace("{complaints}", _reached(complaints))
    )


def _reached(at: str) -> str:
    """Return an address as a link; where none is set, say so."""
    if not at:
        told: str = gettext("the people who gave you your account (no address is entered here yet)")
        return told
    href = at if at.startswith("https://") else f"mailto:{at}" if "@" in at else ""
    return Markup('<a href="{}">{}</a>').format(href, at) if href else at
