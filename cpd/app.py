"""The app factory: settings, extensions, rooms and their joints; no other file knows all rooms."""

from importlib import import_module

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from cpd.access import guard
from cpd.accounts import letters
from cpd.accounts import setup as accounts
from cpd.accounts.hooks import unprintable
from cpd.certificates import actions as certificates
from cpd.certificates import answers, signing
from cpd.certificates import queries as certified
from cpd.config import Settings, secret_key, stored_secret_key
from cpd.courses import hooks
from cpd.db import db, guard_engine, read_json
from cpd.evaluations import answers as evaluations
from cpd.kernel import events
from cpd.mail import sending
from cpd.quizzes import jobs, practice_views, queries, reports, standing, views
from cpd.quizzes.events import AttemptGraded
from cpd.web import shell

ROOMS = (
    "mail",
    "accounts",
    "courses",
    "quizzes",
    "certificates",
    "evaluations",
    "remarks",
    "dashboard",
)


def create_app(settings: Settings) -> Flask:
    """Build the app for these settings; raises SettingsError when they must not be served."""
    settings.check()
    app = Flask("cpd", static_folder=None)
    app.config.update(
        CPD=settings,
        SECRET_KEY=stored_secret_key(settings),
        TESTING=settings.testing,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"json_deserializer": read_json},
        SESSION_COOKIE_NAME="__Host-cpd" if settings.is_https else "cpd",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        TRUSTED_HOSTS=settings.hosts,
        PREFERRED_URL_SCHEME="https" if settings.is_https else "http",
    )
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    db.init_app(app)
    with app.app_context():
        guard_engine(db.engine)
    shell.init_app(app)
    accounts.init_app(app)
    for room in ROOMS:
        app.register_blueprint(import_module(f"cpd.{room}.views").bp)
    _join_rooms()
    guard.protect(app)
    signing.init_app(app)  # the first keys are made last, so that what is refused above leaves none
    app.config["SECRET_KEY"] = secret_key(settings)
    return app


def _join_rooms() -> None:
    """Answer the questions and hear the events that lower rooms declare."""
    hooks.section_practice.answered_by(practice_views.section_practice)
    hooks.practice_to_read.answered_by(practice_views.practice_to_read)
    hooks.open_case_card.answered_by(practice_views.open_case_card)
    hooks.practice_done.answered_by(queries.practice_done)
    hooks.exam_panel.answered_by(views.exam_panel)
    hooks.record_panels.answered_by(
        lambda session, actor: [
            views.results_panel(session, actor),
            answers.record_panel(session, actor),
            evaluations.record_panel(session, actor),
        ]
    )
    standing.rests_a_certificate_on.answered_by(certified.rests_on)
    unprintable.answered_by(answers.unprintable)
    reports.certificate_link.answered_by(answers.certificate_link)
    reports.evaluation_link.answered_by(evaluations.evaluation_link)
    events.subscribe(AttemptGraded, certificates.on_attempt_graded)
    jobs.register()
    letters.register()
    sending.register()
