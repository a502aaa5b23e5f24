"""The app factory: settings, extensions, and a loop over the rooms."""

from functools import partial
from importlib import import_module

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from cpd.access import guard
from cpd.config import Settings, read_secret_key_or_none, secret_key
from cpd.db import db
from cpd.engine import add_safety_listeners, build_engine_options
from cpd.hosts import keys
from cpd.joints.connect import connect_rooms
from cpd.joints.rooms import Room
from cpd.web import shell
from cpd.web.navigation import add_navigation_links
from cpd.web.site import Site

ROOMS = (
    "cpd.hosts",
    "cpd.access",
    "cpd.jobs",
    "cpd.dual_control",
    "cpd.organisations",
    "cpd.media",
    "cpd.provider",
    "cpd.mail",
    "cpd.accounts",
    "cpd.cases",
    "cpd.courses",
    "cpd.quizzes",
    "cpd.credit",
    "cpd.certificates",
    "cpd.reporting",
    "cpd.evaluations",
    "cpd.schools",
    "cpd.authoring",
    "cpd.remarks",
    "cpd.dashboard",
)
"""The package of each room, lower rooms first; its `room.py` defines `ROOM`."""


def import_rooms() -> list[Room]:
    """Return the `ROOM` of each room."""
    return [import_module(f"{name}.room").ROOM for name in ROOMS]


def create_app(settings: Settings) -> Flask:
    """Build the app for these settings.

    Raises SettingsError for settings that must not be served, WrongKeysError when this host's keys
    differ from those in the database, and RoomsError when the rooms do not fit together.
    """
    settings.check()
    app = Site()
    app.config.update(
        CPD=settings,
        SECRET_KEY=read_secret_key_or_none(settings),
        TESTING=settings.testing,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=build_engine_options(settings.database_url),
        SESSION_COOKIE_NAME=settings.session_cookie,
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        TRUSTED_HOSTS=settings.hosts,
        PREFERRED_URL_SCHEME="https" if settings.is_https else "http",
    )
    db.init_app(app)
    with app.app_context():
        add_safety_listeners(db.engine)
        keys.refuse_host_with_other_secret(settings)
    shell.init_app(app, rooms=ROOMS)
    if settings.proxies:
        hops = settings.proxies
        app.wrap_in_middleware(partial(ProxyFix, x_for=hops, x_proto=hops, x_host=hops))
    _connect_and_start_rooms(app)
    app.config["SECRET_KEY"] = secret_key(settings)
    return app


def _connect_and_start_rooms(app: Flask) -> None:
    """Connect and start the rooms. Starting may create keys, so all checks come first."""
    app_rooms = import_rooms()
    connect_rooms(app, app_rooms)
    for room in app_rooms:
        add_navigation_links(app, *room.navigation)
        if room.blueprint is not None:
            app.register_blueprint(room.blueprint)
    guard.guard_routes(app)
    for room in app_rooms:
        if room.on_start is not None:
            room.on_start(app)
