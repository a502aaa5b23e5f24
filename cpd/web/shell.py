"""Sets up the shell of an app: templates, static files, languages, CSRF, headers, errors, logs."""

from collections.abc import Iterable

from flask import Blueprint, Flask
from flask_babel import Babel
from werkzeug.local import LocalProxy

from cpd.config import current_settings, settings_of_app
from cpd.web import (
    country,
    csrf,
    errors,
    formatting,
    fragments,
    headers,
    health,
    labels,
    logs,
    provider,
    reading,
    redirects,
    static,
    translate,
    unsent,
)
from cpd.web.navigation import build_visible_links
from cpd.web.site import Site

SHARED_TEMPLATES = ("web/page.html", "web/base.html", "web/form.html", "web/macros.html")


def init_app(app: Site, *, rooms: Iterable[str] = ()) -> None:
    """Set up everything except the rooms, which come later; `rooms` names their packages."""
    settings = settings_of_app(app)
    logs.init_app(app)  # first in, last out: every request gets its line
    headers.init_app(app, https=settings.is_https)
    reading.init_app(app)
    redirects.init_app(app)
    csrf.init_app(app)
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "en_GB")
    Babel(app)
    translate.init_app(app)
    country.init_app(app)
    fragments.init_app(app)
    errors.init_app(app)
    formatting.init_app(app)
    bp = Blueprint("web", __name__, template_folder="templates")
    static.init_app(app, bp, rooms=rooms)
    health.init_app(app, bp)
    provider.init_app(app, bp)
    app.register_blueprint(bp)
    app.jinja_env.globals.update(
        settings=LocalProxy(current_settings),
        asset=static.build_asset_url,
        icon_url=static.build_icon_url,
        navigation=build_visible_links,
        count_errors=formatting.count_form_errors,
        page_language=formatting.current_page_language,
        page_direction=formatting.current_page_direction,
        typed_place=unsent.build_typed_place,
        SAVING=labels.SAVING,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def load_shared_templates(app: Flask) -> None:
    """Compile the templates that many pages share, before processes fork that would each do it."""
    for name in SHARED_TEMPLATES:
        app.jinja_env.get_template(name)
