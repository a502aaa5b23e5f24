"""`cpd db`: the database's schema."""

import click

from cpd import schema
from cpd.cli.main import settings_now
from cpd.kernel import clock


@click.group("db")
def command() -> None:
    """Look after the database."""


@command.command()
@click.option("--no-backup", is_flag=True, help="Do not copy the database first (SQLite).")
def upgrade(*, no_backup: bool) -> None:
    """Bring the database to this release's schema, after copying it."""
    url = settings_now().database_url
    settings_now().instance_dir.mkdir(parents=True, exist_ok=True)
    if schema.is_current(url):
        click.echo("The database is up to date.")
        return
    copy = None if no_backup else schema.back_up(url, now=clock.now())
    if copy is not None:
        click.echo(f"Copied the database to {copy.name}.")
    schema.migrate(url)
    click.echo("The database is at this release's schema.")
