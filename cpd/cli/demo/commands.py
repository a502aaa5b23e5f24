"""The command `cpd demo fill`."""

import click

from cpd.cli.demo.fill import fill_demo_site
from cpd.cli.demo.people import list_sign_in_lines
from cpd.cli.main import create_app_or_exit


@click.group("demo")
def command() -> None:
    """Fill a site with demo people and history."""


@command.command("fill")
def fill_command() -> None:
    """Fill an empty database; a complete demo is left as it is."""
    with create_app_or_exit().app_context():
        fill_demo_site()
        for line in list_sign_in_lines():
            click.echo(line)
