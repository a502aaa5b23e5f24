"""`cpd db`: the database's schema."""

import sys

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
    prepare(settings_now(), with_copy=not no_backup)


def prepare(settings: Settings, *, with_copy: bool = True) -> None:
    """Bring the database to this release's schema, saying so, or end with what to do."""
    make_instance_dir(settings)
    url = settings.database_url
    try:
        if schema.is_current(url):
            click.echo("The database is up to date.")
            return
        copy = schema.back_up(url, now=clock.now()) if with_copy else None
        if copy is not None:
            click.echo(f"Copied the database to {copy}.")
        schema.migrate(url)
    except (UnknownSchemaError, UnsafeDatabaseError) as fault:
        sys.exit(str(fault))
    except OperationalError as fault:
        sys.exit(f"The database that DATABASE_URL names cannot be used: {fault.orig}")
    click.echo("The database is at this release's schema.")
