"""How the template database is made, and the settings with which tests serve a copy of it."""

from flask import Flask

from cpd import migrate
from cpd.app import create_app
from cpd.config import MailServer, Settings
from cpd.db import db
from cpd.kernel import files, memory
from tests.support import template
from tests.support.databases import SECRET_KEY, Database
from tests.support.moved_clock import MovedClock

TEST_URL = "http://localhost"
NOBODY_LISTENS = MailServer("127.0.0.1", 9)
"""Emails stay in the outbox unless a test opens the post office."""


def settings_for(database: Database) -> Settings:
    """Return the settings of the tests for a database."""
    return Settings(
        database_url=database.url,
        instance_dir=database.instance_dir,
        public_url=TEST_URL,
        mail_server=NOBODY_LISTENS,
        secret_key=SECRET_KEY,
        testing=True,
    )


def prepare(database: Database) -> None:
    """Migrate and fill the template database, with the clock at `NOW`."""
    make_site(database)
    made: list[Flask] = []

    def new_app() -> Flask:
        made.append(create_app(settings_for(database)))
        return made[-1]

    moved = MovedClock()
    try:
        template.fill(new_app)
    finally:
        moved.close()
        for app in made:
            disconnect(app)


def make_site(database: Database) -> None:
    """Create the tables, and the instance folder with the key that `settings_for` sets."""
    database.instance_dir.mkdir(mode=0o700)
    files.write_private_file(database.instance_dir / "secret-key", SECRET_KEY.encode())
    migrate.run(database.url)


def disconnect(app: Flask) -> None:
    """Close an app's connections and clear its caches, before its database is replaced.

    Every copy of the template has the same course with the same ids, so changes that one test
    cached would show in the next.
    """
    memory.clear_all_caches()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
