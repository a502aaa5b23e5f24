"""What the `cpd content` commands share: the app, stored texts, and what they print."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cpd.authoring.sources.loading import Loaded, StoredPictures, StoredTexts
from cpd.content.frontmatter import Fault

if TYPE_CHECKING:
    from flask import Flask

    from cpd.authoring.publish.outcomes import PublishReport


def import_and_create_app_or_exit() -> "Flask":
    """Return the app, importing Flask only now: checking a folder does without it."""
    from cpd.cli.main import create_app_or_exit

    return create_app_or_exit()


def reader_of_rendered_texts() -> StoredTexts:
    """Return the reader of the texts that the database has as HTML."""
    from cpd.authoring.publish import rerendering
    from cpd.db import db

    return partial(rerendering.find_rendered_texts, db.session())


def reader_of_stored_pictures() -> StoredPictures:
    """Return the reader of the names of pictures that the database has."""
    from cpd.db import db
    from cpd.media import queries

    return partial(queries.find_stored_pictures, db.session())


def exit_on_faults(loaded: Sequence[tuple[Path, Loaded]]) -> None:
    """Print the faults of courses and end the command; go on if there are none."""
    for folder, course in loaded:
        print_course_faults(folder, course)
    if not all(course.is_sound for _, course in loaded):
        raise SystemExit("Nothing was published.")


def shorten_path_of_fault(folder: Path, fault: Fault) -> Fault:
    """Return a fault with its file's path relative to the working directory, if it is inside."""
    whole, here = folder / fault.file, Path.cwd()
    return replace(
        fault, file=str(whole.relative_to(here) if whole.is_relative_to(here) else whole)
    )


def print_course_faults(folder: Path, loaded: Loaded) -> None:
    """Print the faults of a course."""
    print_faults([shorten_path_of_fault(folder, fault) for fault in loaded.faults], str(folder))


def print_faults(faults: Sequence[Fault], where: str) -> None:
    """Print faults and their number."""
    for fault in faults:
        click.echo(str(fault))
    if faults:
        count = len(faults)
        click.echo(f"{where}: {count} {'fault' if count == 1 else 'faults'}.\n")


def print_publish_report(report: "PublishReport") -> None:
    """Print what publishing a course did."""
    click.echo(
        f"{report.course}: {len(report.published)} revisions, "
        f"{report.ledger_added} ledger entries, {report.unchanged} files unchanged."
    )
    for path in report.edited_only:
        click.echo(f"  {path}: edited, but not in what learners see; left as published.")
