"""`cpd content`: check course folders, publish them, write what was published back to files."""

from collections.abc import Sequence
from pathlib import Path

import click

from cpd.authoring import check as checking
from cpd.authoring import library
from cpd.authoring.folders import shipped
from cpd.authoring.library import Loaded
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
    for one in loaded:
        _say_faults(one)
        if one.bundle is not None and not quiet:
            click.echo(checking.report(one.bundle))
        if one.bundle is not None and hashes:
            click.echo(checking.hashes(one.bundle))
    _say(of_provider, "The provider's pages")
    if of_provider or not all(one.is_sound for one in loaded):
        raise SystemExit(1)


@command.command()
@click.argument("folders", nargs=-1, type=FOLDER)
@click.option("--reason", default=SHIPPED, callback=_reason, help="Kept in the publish log.")
def publish(folders: tuple[Path, ...], *, reason: str) -> None:
    """Publish what changed in FOLDERS, or in the shipped courses."""
    from cpd.cli.main import app_now

    loaded = sound(folders)
    with app_now().app_context():
        publish_loaded(loaded, reason=reason)


def sound(folders: Sequence[Path] = ()) -> list[Loaded]:
    """Return folders, or the shipped courses, ready to be published; else end with their faults."""
    loaded = _load(folders)
    for one in loaded:
        _say_faults(one)
    if not all(one.is_sound for one in loaded):
        raise SystemExit("Nothing was published.")
    return loaded


def publish_loaded(loaded: Sequence[Loaded], *, reason: str = SHIPPED) -> None:
    """Publish what changed in sound folders, and say what that was."""
    from cpd.access.permissions import SYSTEM
    from cpd.authoring import actions
    from cpd.db import unit_of_work
    from cpd.kernel import clock

    for one in loaded:
        assert one.bundle is not None  # noqa: S101 - it is sound
        try:
            with unit_of_work() as session:
                report = actions.publish(
                    session, one.bundle, actor=SYSTEM, now=clock.now(), reason=reason
                )
        except actions.PublishRefusedError as refused:
            raise SystemExit(f"{refused}\nNothing of this course was published.") from None
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


def _load(folders: Sequence[Path]) -> list[Loaded]:
    return [library.load(folder) for folder in folders or shipped()]


def _faults_of_provider() -> list[Fault]:
    from cpd.cli.main import settings_now
    from cpd.web import provider_texts

    return provider_texts.faults(settings_now().provider_pages)


def _say_faults(loaded: Loaded) -> None:
    _say(loaded.faults, str(loaded.folder))


def _say(faults: Sequence[Fault], where: str) -> None:
    for fault in faults:
        click.echo(str(fault))
    if faults:
        count = len(faults)
        click.echo(f"{where}: {count} {'fault' if count == 1 else 'faults'}.\n")
