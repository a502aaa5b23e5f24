"""`cpd content`: check course folders, publish them, write what was published back to files."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from cpd.authoring import check as checking
from cpd.authoring import library
from cpd.authoring.folders import shipped
from cpd.authoring.library import Loaded, Recall
from cpd.authoring.lint import warnings_of
from cpd.content.frontmatter import Fault

SHIPPED = "Shipped with this release."
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


def _reason(_context: click.Context, _option: click.Parameter, value: str) -> str:
    from cpd.authoring.actions import MAX_REASON

    if not 0 < len(value.strip()) <= MAX_REASON:
        raise click.BadParameter(f"Write 1 to {MAX_REASON} characters.")
    return value.strip()


@click.group("content")
def command() -> None:
    """Check, publish and export courses."""


@command.command()
@click.argument("folders", nargs=-1, type=FOLDER)
@click.option("--quiet", is_flag=True, help="Faults only: no warnings, no tables.")
@click.option("--hashes", is_flag=True, help="Also the hash of each file, for signatures.")
def check(folders: tuple[Path, ...], *, quiet: bool, hashes: bool) -> None:
    """Report faults and warnings with file, line and remedy, then the course's tables.

    Without FOLDERS the shipped courses are checked, and the provider's pages. Ends with 1 when
    there are faults.
    """
    loaded = _load(folders)
    of_provider = [] if folders else _faults_of_provider()
    for folder, one in loaded.items():
        _say_faults(folder, one)
        if one.bundle is not None and not quiet:
            warnings = [shown(folder, fault) for fault in warnings_of(one.bundle)]
            click.echo(checking.report(one.bundle, warnings))
        if one.bundle is not None and hashes:
            click.echo(checking.hashes(one.bundle))
    _say(of_provider, "The provider's pages")
    if of_provider or not all(one.is_sound for one in loaded.values()):
        raise SystemExit(1)


@command.command()
@click.argument("folders", nargs=-1, type=FOLDER)
@click.option("--reason", default=SHIPPED, callback=_reason, help="Kept in the publish log.")
def publish(folders: tuple[Path, ...], *, reason: str) -> None:
    """Publish what changed in FOLDERS, or in the shipped courses."""
    from cpd.cli.main import app_now

    with app_now().app_context():
        publish_loaded(sound(folders), reason=reason)


def sound(folders: Sequence[Path] = ()) -> Mapping[Path, Loaded]:
    """Return folders, or the shipped courses, ready to be published; else end with their faults.

    Only texts that the database does not hold as HTML yet are rendered.
    """
    from cpd.authoring import renderings
    from cpd.db import db

    loaded = _load(folders, recall=partial(renderings.recall, db.session()))
    for folder, one in loaded.items():
        _say_faults(folder, one)
    if not all(one.is_sound for one in loaded.values()):
        raise SystemExit("Nothing was published.")
    return loaded


def publish_loaded(loaded: Mapping[Path, Loaded], *, reason: str = SHIPPED) -> None:
    """Publish what changed in sound folders, and say what that was."""
    from cpd.access.permissions import SYSTEM
    from cpd.authoring import actions
    from cpd.db import unit_of_work
    from cpd.kernel import clock

    for folder, one in loaded.items():
        assert one.bundle is not None  # noqa: S101 - it is sound
        try:
            with unit_of_work() as session:
                report = actions.publish(
                    session, one.bundle, actor=SYSTEM, now=clock.now(), reason=reason
                )
        except actions.PublishRefusedError as refused:
            faults = "\n".join(str(shown(folder, fault)) for fault in refused.faults)
            raise SystemExit(f"{faults}\nNothing of this course was published.") from None
        click.echo(
            f"{report.course}: {len(report.published)} revisions, "
            f"{report.ledger_added} ledger entries, {report.unchanged} files unchanged."
        )
        for path in report.edited_only:
            click.echo(f"  {path}: edited, but nothing that learners see; left as published.")


@command.command()
@click.argument("course")
@click.argument("folder", type=click.Path(path_type=Path))
def export(course: str, folder: Path) -> None:
    """Write the newest version of COURSE into the new FOLDER, byte for byte."""
    from cpd.authoring import actions
    from cpd.cli.main import app_now
    from cpd.db import db

    with app_now().app_context():
        try:
            paths = actions.export(db.session(), course, folder)
        except actions.ExportRefusedError as refused:
            raise SystemExit(str(refused)) from None
    click.echo(f"Wrote {len(paths)} files to {folder}.")


def _load(
    folders: Sequence[Path], *, recall: Recall = library.nothing_known
) -> Mapping[Path, Loaded]:
    return {one: library.load_folder(one, recall=recall) for one in folders or shipped()}


def _faults_of_provider() -> list[Fault]:
    from cpd.cli.main import settings_now
    from cpd.web import provider_texts

    return provider_texts.faults(settings_now().provider_pages)


def shown(folder: Path, fault: Fault) -> Fault:
    """Return a fault with its file named from here, where that is shorter."""
    whole, here = folder / fault.file, Path.cwd()
    return replace(
        fault, file=str(whole.relative_to(here) if whole.is_relative_to(here) else whole)
    )


def _say_faults(folder: Path, loaded: Loaded) -> None:
    _say([shown(folder, fault) for fault in loaded.faults], str(folder))


def _say(faults: Sequence[Fault], where: str) -> None:
    for fault in faults:
        click.echo(str(fault))
    if faults:
        count = len(faults)
        click.echo(f"{where}: {count} {'fault' if count == 1 else 'faults'}.\n")
