"""`cpd keys`: the keys that sign certificates."""

import sys

import click

from cpd.certificates import signing
from cpd.cli.main import instance_now, told
from cpd.kernel import clock


@click.group("keys")
def command() -> None:
    """Look after the keys that sign certificates."""


@command.command("list")
def show() -> None:
    """Name the keys in the instance folder; the last one signs."""
    with told():
        ring = signing.load(signing.key_folder(instance_now()))
    for key_id in sorted(ring.keys) if ring else ():
        click.echo(key_id)


@command.command()
def new() -> None:
    """Make a new key; it signs once the site is started again. Older certificates stay valid."""
    folder = signing.key_folder(instance_now())
    if not folder.is_dir():
        sys.exit(f"There is no {folder}: the first key is made when the site starts (cpd serve).")
    with told():
        ring = signing.make(folder, now=clock.now(), another=True)
    click.echo(f"Made {ring.current}. Back the folder up, then start the site again.")
