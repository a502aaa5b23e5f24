"""What the commands of `cpd content` share: the app, what is rendered already, and what is said."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cpd.authoring.sources.loading import Loaded, StoredTexts
from cpd.content.frontmatter import Fault

if TYPE_CHECKING:
    from flask import Flask

    from cpd.authoring.publish.actions import PublishReport


def app() -> "Flask":
    """Return the app that a command runs on."""
    from cpd.cli.main import app_now

    return app_now()


def stored_texts() -> StoredTexts:
    """Return what knows the texts that the database holds as HTML."""
    from cpd.authoring.publish import renderings
    from cpd.db import db

    return partial(renderings.stored_texts, db.session())


def refuse_faults(loaded: Sequence[tuple[Path, Loaded]]) -> None:
    """End with the faults of courses that are to be published, if there are any."""
    for folder, one in loaded:
        say_faults(folder, one)
    if not all(one.is_sound for _, one in loaded):
        raise SystemExit("Nothing was published.")


def shown(folder: Path, fault: Fault) -> Fault:
    """Return a fault with its file named from here, where that is shorter."""
    whole, here = folder / fault.file, Path.cwd()
    return replace(
        fault, file=str(whole.relative_to(here) if whole.is_relative_to(here) else whole)
    )


def say_faults(folder: Path, loaded: Loaded) -> None:
    """Say what is wrong with a course, and where."""
    say([shown(folder, fault) for fault in loaded.faults], str(folder))


def say(faults: Sequence[Fault], where: str) -> None:
    """Say faults, and how many there are."""
    for fault in faults:
        click.echo(str(fault))
    if faults:
        count = len(faults)
        click.echo(f"{where}: {count} {'fault' if count == 1 else 'faults'}.\n")


def say_published(report: "PublishReport") -> None:
    """Say what publishing a course did."""
    click.echo(
        f"{report.course}: {len(report.published)} revisions, "
        f"{report.ledger_added} ledger entries, {report.unchanged} files unchanged."
    )
    for path in report.edited_only:
        click.echo(f"  {path}: edited, but nothing that learners see; left as published.")
