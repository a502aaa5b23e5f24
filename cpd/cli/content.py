"""`cpd content`: check course folders, publish them, write what was published back to files."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from cpd.authoring.checks import report as checking
from cpd.authoring.checks.lint.all_rules import warnings_of
from cpd.authoring.sources import disk as folders
from cpd.authoring.sources import loading
from cpd.authoring.sources.disk import LEDGERS
from cpd.authoring.sources.loading import Loaded
from cpd.cli import offers
from cpd.cli.publishing import (
    app,
    refuse_faults,
    say,
    say_faults,
    say_published,
    shown,
    stored_texts,
)
from cpd.content.frontmatter import Fault
from cpd.courses.rules.ledger import Series

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


def _reason(_context: click.Context, _option: click.Parameter, value: str) -> str:
    from cpd.authoring.publish.actions import MAX_REASON

    if not 0 < len(value.strip()) <= MAX_REASON:
        raise click.BadParameter(f"Write 1 to {MAX_REASON} characters.")
    return value.strip()


@click.group("content")
def command() -> None:
    """Check, publish and export courses."""


command.add_command(offers.list_offers)
command.add_command(offers.take)


@command.command()
@click.argument("given", metavar="[FOLDERS]...", nargs=-1, type=FOLDER)
@click.option("--quiet", is_flag=True, help="Faults only: no warnings, no tables.")
@click.option("--hashes", is_flag=True, help="Also the hash of each file, for signatures.")
def check(given: tuple[Path, ...], *, quiet: bool, hashes: bool) -> None:
    """Report faults and warnings with file, line and remedy, then the course's tables.

    Without FOLDERS the shipped courses are checked, and the provider's pages. Ends with 1 when
    there are faults.
    """
    loaded = {one: loading.load_folder(one) for one in given or folders.shipped()}
    of_provider = [] if given else _faults_of_provider()
    for folder, one in loaded.items():
        say_faults(folder, one)
        if one.bundle is not None and not quiet:
            warnings = [shown(folder, fault) for fault in warnings_of(one.bundle)]
            click.echo(checking.report(one.bundle, warnings))
        if one.bundle is not None and hashes:
            click.echo(checking.hashes(one.bundle))
    say(of_provider, "The provider's pages")
    if of_provider or not all(one.is_sound for one in loaded.values()):
        raise SystemExit(1)


@command.command()
@click.argument("given", metavar="[FOLDERS]...", nargs=-1, type=FOLDER)
@click.option("--reason", default=offers.SHIPPED, callback=_reason, help="Kept in the publish log.")
def publish(given: tuple[Path, ...], *, reason: str) -> None:
    """Publish what changed in FOLDERS, or in the shipped courses that nobody edited here."""
    with app().app_context():
        if given:
            publish_loaded(sound(given), reason=reason)
        else:
            offers.publish_due(offers.due(), reason=reason)
            offers.warn_editions()


def sound(given: Sequence[Path]) -> Mapping[Path, Loaded]:
    """Return folders, ready to be published; else end with their faults.

    Only texts that the database does not hold as HTML yet are rendered.
    """
    loaded = {folder: _load_here(folder) for folder in given}
    refuse_faults(list(loaded.items()))
    return loaded


def publish_loaded(loaded: Mapping[Path, Loaded], *, reason: str) -> None:
    """Publish what changed in sound folders, and say what that was."""
    for folder, one in loaded.items():
        _publish(folder, one, reason)


def _publish(folder: Path, loaded: Loaded, reason: str) -> None:
    from cpd.access.permissions import SYSTEM
    from cpd.authoring.publish import actions, releases
    from cpd.courses.models import Channel
    from cpd.db import db, unit_of_work
    from cpd.kernel import clock

    assert loaded.bundle is not None  # noqa: S101 - it is sound
    shipped = folders.release(loaded.bundle.slug)
    try:
        with unit_of_work() as session:
            report = actions.publish(
                session,
                loaded.bundle,
                actor=SYSTEM,
                now=clock.now(),
                reason=reason,
                release=shipped,
            )
    except actions.PublishRefusedError as refused:
        faults = "\n".join(str(shown(folder, fault)) for fault in refused.faults)
        raise SystemExit(f"{faults}\nNothing of this course was published.") from None
    except actions.NameTakenError as taken:
        free = releases.free_name(db.session(), str(taken))
        raise SystemExit(
            f"The course '{taken}' belongs to another owner here. Name the folder and the id in "
            f"its course.md '{free}', which is free.\nNothing of this course was published."
        ) from None
    say_published(report)
    if shipped and report.published and report.channel is not Channel.SHIPPED:
        click.echo("  This differs from the release's text, so starts leave it alone from now on.")


@command.command()
@click.argument("course")
@click.argument("folder", type=click.Path(path_type=Path))
def export(course: str, folder: Path) -> None:
    """Write the newest version of COURSE into the new FOLDER, byte for byte."""
    from cpd.authoring.publish import actions
    from cpd.db import db

    with app().app_context():
        try:
            paths = actions.export(db.session(), course, folder)
        except actions.ExportRefusedError as refused:
            raise SystemExit(str(refused)) from None
    click.echo(f"Wrote {len(paths)} files to {folder}.")


def _load_here(folder: Path) -> Loaded:
    """Load a folder with the site's own ledger: what was learnt here counts if it has none."""
    from cpd.authoring.publish import queries
    from cpd.db import db

    name = folder.resolve().name
    known = queries.ledger_text(queries.ledger(db.session(), name, Series.HERE))
    own = {LEDGERS[Series.HERE]: known.encode()} if known else {}
    return loading.load({**own, **folders.read(folder)}, name=name, stored_texts=stored_texts())


def _faults_of_provider() -> list[Fault]:
    """Return what is wrong with the pages that are kept, else with those the first start keeps."""
    from cpd.cli.main import settings_now
    from cpd.provider.start import kept_pages
    from cpd.web import provider_texts

    settings = settings_now()
    kept = kept_pages(settings)
    if kept is None:
        return provider_texts.faults(settings.provider_pages)
    return provider_texts.faults_of(kept)
