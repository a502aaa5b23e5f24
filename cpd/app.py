"""The app factory: settings, extensions, rooms and their joints; no other file knows all rooms."""

from importlib import import_module

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from cpd.access import guard
from cpd.accounts import letters
from cpd.accounts import setup as accounts
from cpd.accounts.hooks import unprintable
from cpd.authoring import renderings
from cpd.certificates import actions as certificates
from cpd.certificates import answers, signing
from cpd.certificates import queries as certified
from cpd.config import Settings, secret_key, stored_secret_key
from cpd.courses import hooks
from cpd.courses import renderings as course_renderings
from cpd.db import db, engine_options, guard_engine, unit_of_work
from cpd.evaluations import answers as evaluations
from cpd.hosts import keys
from cpd.kernel import clock, events
from cpd.mail import sending
from cpd.quizzes import jobs, practice_views, queries, reports, standing, views
from cpd.quizzes import keys as case_keys
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
    """Build the app for these settings.

    Raises SettingsError when they must not be served, and WrongKeysError when the keys of this host
    are not those that the database knows.
    """
    settings.check()
    app = Flask("cpd", static_folder=None)
    app.config.update(
        CPD=settings,
        SECRET_KEY=stored_secret_key(settings),
        TESTING=settings.testing,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        SESSION_COOKIE_NAME="__Host-cpd" if settings.is_https else "cpd",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        TRUSTED_HOSTS=settings.hosts,
        PREFERRED_URL_SCHEME="https" if settings.is_https else "http",
    )
    db.init_app(app)
    with app.app_context():
        guard_engine(db.engine)
        keys.refuse_other_host(settings)
    shell.init_app(app)
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    accounts.init_app(app)
    for room in ROOMS:
        app.register_blueprint(import_module(f"cpd.{room}.views").bp)
    _join_rooms()
    guard.protect(app)
    signing.init_app(app)  # the first keys are made last, so that what is refused above leaves none
    app.config["SECRET_KEY"] = secret_key(settings)
    return app


def register_keys(app: Flask) -> None:
    """Let the database know the keys of this host; raises WrongKeysError when another was first."""
    settings: Settings = app.config["CPD"]
    with app.app_context():
        try:
            if _is_registered(str(app.secret_key)):
                return
            with unit_of_work() as session:
                keys.take_turn(session)
                keys.register_secret(session, settings, str(app.secret_key), now=clock.now())
                signing.register(session, settings, now=clock.now())
        finally:
            db.session.remove()
            db.engine.dispose()  # workers are forked after this and must not share a connection


def _is_registered(secret: str) -> bool:
    return keys.is_registered(db.session(), secret) and signing.is_registered(db.session())


def _join_rooms() -> None:
    """Answer the questions and hear the events that lower rooms declare."""
    course_renderings.make.answered_by(renderings.made)
    case_keys.make.answered_by(renderings.made_keys)
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
