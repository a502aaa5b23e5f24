"""`cpd db`: the database's schema."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import click
from sqlalchemy.exc import OperationalError

from cpd import schema
from cpd.cli.main import settings_now
from cpd.config import Settings, make_instance_dir
from cpd.db import UnknownSchemaError, UnsafeDatabaseError
from cpd.kernel import clock


@click.group("db")
def command() -> None:
    """Look after the database."""


@command.command()
@click.option("--no-backup", is_flag=True, help="Do not copy the database first (SQLite).")
def upgrade(*, no_backup: bool) -> None:
    """Bring the database to this release's schema, after copying it."""
    settings = settings_now()
    with one_at_a_time(settings):
        prepare(settings, with_copy=not no_backup)


@contextmanager
def one_at_a_time(settings: Settings) -> Iterator[None]:
    """Prepare a site in the block while whoever starts at the same time waits, saying so."""
    make_instance_dir(settings)
    with ExitStack() as stack:
        with _explained():
            stack.enter_context(schema.one_at_a_time(settings.database_url, meanwhile=_say_busy))
        yield


def _say_busy() -> None:
    click.echo("Another process is preparing the database; waiting for it.")


def prepare(settings: Settings, *, with_copy: bool = True) -> None:
    """Bring the database to this release's schema, saying so, or end with what to do."""
    url = settings.database_url
    with _explained():
        if schema.is_current(url):
            click.echo("The database is up to date.")
            return
        copy = schema.back_up(url, now=clock.now()) if with_copy else None
        if copy is not None:
            click.echo(f"Copied the database to {copy}.")
        schema.migrate(url)
    click.echo("The database is at this release's schema.")


@contextmanager
def _explained() -> Iterator[None]:
    """End with what to do when the database is not fit for use."""
    try:
        yield
    except (UnknownSchemaError, UnsafeDatabaseError) as fault:
        sys.exit(str(fault))
    except OperationalError as fault:
        sys.exit(f"The database that DATABASE_URL names cannot be used: {fault.orig}")
    except OSError as fault:
        sys.exit(f"The database that DATABASE_URL names cannot be used: {fault.strerror}.")
