"""`cpd content`: check course folders, publish them, write what was published back to files."""

from pathlib import Path

import click

from cpd.authoring import library


@click.group()
def content() -> None:
    """Check, publish and export courses."""


@content.command()
@click.argument("folders", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folders: tuple[Path, ...]) -> None:
    """Report every fault with file, line and remedy, then the course's tables."""
    count = 0
    for folder in folders or library.shipped():
        loaded = library.load(folder)
        count += len(loaded.faults)
        for fault in loaded.faults:
            click.echo(str(fault))
    if count:
        raise SystemExit(1)


if __name__ == "__main__":
    content()
