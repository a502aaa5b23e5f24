"""`cpd db`: the database's schema."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import click
from flask import Flask
from sqlalchemy.exc import DatabaseError

from cpd import instance, schema
from cpd.cli.main import create_app_or_exit, exit_on_unusable_installation, read_settings_or_exit
from cpd.config import Settings
from cpd.db import db
from cpd.engine import UnsafeDatabaseError, add_safety_listeners, build_engine_options
from cpd.instance import InstanceError
from cpd.kernel import clock, files
from cpd.schema import UnknownSchemaError


@click.group("db")
def command() -> None:
    """Manage the database."""


@command.command()
@click.option("--no-backup", is_flag=True, help="Do not copy the database first (SQLite).")
def upgrade(*, no_backup: bool) -> None:
    """Copy the database, then bring it to this release's schema; create a new site's keys."""
    settings = read_settings_or_exit()
    with preparation_lock_or_exit(settings):
        if migrate_database_or_exit(settings, with_copy=not no_backup):
            create_app_or_exit(settings, makes_keys=True)
        else:
            _derive_from_published_texts_without_keys(settings)


def _derive_from_published_texts_without_keys(settings: Settings) -> None:
    """Render and index published texts as this release does; needs none of the site's keys."""
    from cpd.authoring.bank.filling import fill_case_index
    from cpd.authoring.publish import rerendering

    app = Flask("cpd", static_folder=None)
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=build_engine_options(settings.database_url),
    )
    db.init_app(app)
    with app.app_context():
        add_safety_listeners(db.engine)
        count = rerendering.rerender_published_texts(now=clock.now())
        fill_case_index(now=clock.now())
        db.session.remove()
        db.engine.dispose()
    if count:
        click.echo(f"Rendered {count} published texts.")


@contextmanager
def preparation_lock_or_exit(settings: Settings) -> Iterator[None]:
    """Let one process at a time prepare the site; the others wait and say so."""
    with ExitStack() as stack:
        with _exit_on_database_error():
            stack.enter_context(_database_folder_created_if_absent(settings))
            stack.enter_context(
                schema.hold_preparation_lock(
                    settings.database_url, meanwhile=_print_waiting_for_preparation
                )
            )
        yield


def _print_waiting_for_preparation() -> None:
    click.echo("Another process is preparing the database; waiting for it.")


def migrate_database_or_exit(settings: Settings, *, with_copy: bool = True) -> bool:
    """Bring the database to this release's schema, or exit with what to do.

    Returns whether it was empty.
    """
    with _exit_on_database_error():
        return _migrate_and_print_result(settings, with_copy=with_copy)


@contextmanager
def _exit_on_database_error() -> Iterator[None]:
    """Exit with what to do when the folder or the database cannot be used."""
    try:
        with exit_on_unusable_installation():
            yield
    except (UnknownSchemaError, UnsafeDatabaseError) as fault:
        sys.exit(str(fault))
    except DatabaseError as fault:
        sys.exit(f"The database that DATABASE_URL names cannot be used: {fault.orig}")


def _migrate_and_print_result(settings: Settings, *, with_copy: bool) -> bool:
    url, file = settings.database_url, settings.sqlite_file
    if file is not None and file.exists():
        instance.refuse_unusable_database_file(file)
    instance.restrict_permissions(settings.instance_dir, file)
    if schema.is_at_current_schema(url):
        click.echo("The database is up to date.")
        return False
    if schema.is_at_later_schema(url):
        click.echo("The database is at a later release's schema, which this release may use.")
        return False
    from cpd import migrate

    is_empty = schema.find_schema_version(url) is None
    copy = schema.back_up_sqlite_database(url, now=clock.now()) if with_copy else None
    if copy is not None:
        click.echo(f"Copied the database to {copy}.")
    migrate.run(url)
    click.echo("The database is at this release's schema.")
    return is_empty


@contextmanager
def _database_folder_created_if_absent(settings: Settings) -> Iterator[None]:
    """Create the instance folder if the database is in it; remove it again after a failure."""
    folder, file = settings.instance_dir, settings.sqlite_file
    if folder.exists():
        instance.refuse_unusable_folder(folder)
    if file is None:
        yield
        return
    if file.parent != folder and not file.parent.is_dir():
        raise InstanceError(
            f"There is no folder {file.parent} for the database: create it (mkdir -m 700), or name "
            "another with DATABASE_URL."
        )
    with files.create_private_folder(file.parent):
        yield
