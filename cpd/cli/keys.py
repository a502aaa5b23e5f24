"""`cpd keys`: the keys that sign certificates."""

import click

from cpd.certificates import signing
from cpd.cli.main import settings_now
from cpd.kernel import clock


@click.group("keys")
def command() -> None:
    """Look after the keys that sign certificates."""


@command.command("list")
def show() -> None:
    """Name the keys in the instance folder; the last one signs."""
    ring = signing.load(signing.key_folder(settings_now()))
    for key_id in sorted(ring.keys) if ring else ():
        click.echo(key_id)


@command.command()
def new() -> None:
    """Make a new key; it signs once the site is started again. Older certificates stay valid."""
    ring = signing.make(signing.key_folder(settings_now()), now=clock.now(), another=True)
    click.echo(f"Made {ring.current}. Back the folder up, then start the site again.")
