"""`cpd content`: check course folders, publish them, write what was published back to files."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cpd.authoring import check as checking
from cpd.authoring import library
from cpd.authoring.folders import shipped
from cpd.authoring.library import Loaded, Recall
from cpd.authoring.lint import warnings_of
from cpd.authoring.rules.offering import Offered, differences
from cpd.content.frontmatter import Fault

if TYPE_CHECKING:
    from flask import Flask

    from cpd.authoring.actions import PublishReport
    from cpd.authoring.offers import Offer
    from cpd.authoring.releases import Release

SHIPPED = "Shipped with this release."
TAKEN = "Taken from a release."
WORDS = {
    Offered.NEW: "new in the release",
    Offered.CHANGED: "changed in the release, untouched here",
    Offered.GONE: "gone from the release, untouched here",
    Offered.CONFLICT: "changed in both; taking it drops what was changed here",
}
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
    """Publish what changed in FOLDERS, or in the shipped courses that nobody edited here."""
    with _app().app_context():
        if folders:
            publish_loaded(sound(folders), reason=reason)
        else:
            publish_due(due(), reason=reason)
            warn_editions()


def sound(folders: Sequence[Path]) -> Mapping[Path, Loaded]:
    """Return folders, ready to be published; else end with their faults.

    Only texts that the database does not hold as HTML yet are rendered.
    """
    loaded = _load(folders, recall=_recall())
    _refuse_faults([(folder, one) for folder, one in loaded.items()])
    return loaded


def publish_loaded(loaded: Mapping[Path, Loaded], *, reason: str) -> None:
    """Publish what changed in sound folders, and say what that was."""
    for folder, one in loaded.items():
        _publish(folder, one, reason)


def due() -> list[tuple["Release", Loaded]]:
    """Return the shipped courses of which a newer text is to be published here.

    Says what stands in the way of others: courses that are edited here are left as they are.
    """
    from cpd.authoring import offers, releases
    from cpd.db import db

    found = releases.of_library(db.session())
    for release in found:
        _say_kept(release)
    loaded = [(one, _load_texts(one.shipped, one.slug)) for one in found if offers.is_due(one)]
    _refuse_faults([(release.folder, one) for release, one in loaded])
    return loaded


def publish_due(found: Sequence[tuple["Release", Loaded]], *, reason: str = SHIPPED) -> None:
    """Publish the newer texts of shipped courses, and say what changed.

    What somebody else published since they were read is left as it is.
    """
    from cpd.authoring.actions import CourseMovedError

    for release, one in found:
        try:
            _take(release, one, reason)
        except CourseMovedError:
            click.echo(f"{release.slug}: another version was published just now, and stays.")
    library.forget()  # the processes that `cpd serve` forks read none of it


def warn_editions() -> None:
    """Record retractions and withdrawals of this release in courses that are edited here, too."""
    from cpd.access.permissions import SYSTEM
    from cpd.authoring import actions, offers, releases
    from cpd.authoring.recording import LedgerRewrittenError
    from cpd.db import db, unit_of_work
    from cpd.kernel import clock

    for release in releases.of_library(db.session()):
        if (ledger := offers.warned_ledger(release)) is None:
            continue
        try:
            with unit_of_work() as session:
                now = clock.now()
                added = actions.warn(session, release.slug, ledger, actor=SYSTEM, now=now)
        except LedgerRewrittenError:  # another host was first; what is left comes at the next start
            continue
        entries = (
            "1 retraction or withdrawal" if added == 1 else f"{added} retractions or withdrawals"
        )
        click.echo(
            f"{release.slug}: {entries} of this release now stand in its ledger. To see what rests "
            f"on them: cpd content export {release.slug} FOLDER, then cpd content check FOLDER."
        )


def _say_kept(release: "Release") -> None:
    if release.is_followed and release.is_ledger_kept:
        click.echo(
            f"{release.slug}: the ledger here holds entries that this release does not ship, or "
            "words them otherwise. They stay as they are recorded; what is new is added. Your own "
            "entries belong in ledger-here.yaml."
        )
    if offered := _offers(release):
        click.echo(f"{_summary(release, len(offered))} See: cpd content offers {release.slug}")


def _offers(release: "Release") -> list["Offer"]:
    from cpd.authoring import offers
    from cpd.db import db

    return offers.offers(db.session(), release)


def _summary(release: "Release", count: int) -> str:
    if release.course is None:
        return (
            f"{release.folder.name}: a course of your own has this name. The release's stands "
            f"ready as {release.slug}."
        )
    files = "1 file" if count == 1 else f"{count} files"
    return f"{release.slug}: edited here, so left as it is. The release changed {files}."


def _publish(folder: Path, loaded: Loaded, reason: str) -> None:
    from cpd.access.permissions import SYSTEM
    from cpd.authoring import actions, releases
    from cpd.authoring.folders import release
    from cpd.courses.models import Channel
    from cpd.db import db, unit_of_work
    from cpd.kernel import clock

    assert loaded.bundle is not None  # noqa: S101 - it is sound
    shipped = release(loaded.bundle.slug)
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
    _say_published(report)
    if shipped and report.published and report.channel is not Channel.SHIPPED:
        click.echo("  This differs from the release's text, so starts leave it alone from now on.")


def _say_published(report: "PublishReport") -> None:
    click.echo(
        f"{report.course}: {len(report.published)} revisions, "
        f"{report.ledger_added} ledger entries, {report.unchanged} files unchanged."
    )
    for path in report.edited_only:
        click.echo(f"  {path}: edited, but nothing that learners see; left as published.")


@command.command()
@click.argument("course", required=False)
def offers(course: str | None) -> None:
    """List what this release changed in courses that are edited here.

    With COURSE also how the texts differ: `-` stands here, `+` in the release.
    """
    with _app().app_context():
        found = [(one, offered) for one in _releases(course) if (offered := _offers(one))]
        for release, offered in found:
            click.echo(_summary(release, len(offered)))
            for one in offered:
                click.echo(f"  {one.path}: {WORDS[one.offered]}")
                if course is not None:
                    for line in differences(one.base, one.here, one.shipped):
                        click.echo(f"    {line}")
            click.echo(f"Take them with: cpd content take {release.slug} FILE... (or --all)")
        if not found:
            click.echo("Nothing is offered.")


@command.command()
@click.argument("course")
@click.argument("files", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="The whole text of the release.")
def take(course: str, files: tuple[str, ...], *, everything: bool) -> None:
    """Publish FILES of COURSE as this release has them, in place of what stands here.

    With --all the course is as it ships, and follows its releases from now on.
    """
    if everything is bool(files):
        raise click.UsageError("Name files as `cpd content offers` lists them, or write --all.")
    from cpd.authoring import offers
    from cpd.authoring.actions import CourseMovedError
    from cpd.courses.models import Channel

    with _app().app_context():
        (release,) = _releases(course)
        try:
            taken = release.shipped if everything else offers.taken(release, files)
        except LookupError as unknown:
            raise SystemExit(f"Neither this course nor its release has {unknown}.") from None
        loaded = _load_texts(taken, course)
        _refuse_faults([(Path(course), loaded)])
        try:
            report = _take(release, loaded, TAKEN)
        except CourseMovedError:
            raise SystemExit("Somebody else published this course just now. Look again.") from None
    if report.channel is Channel.SHIPPED:
        click.echo(f"{report.course} is as it ships, and follows its releases from now on.")


def _take(release: "Release", loaded: Loaded, reason: str) -> "PublishReport":
    from cpd.access.permissions import SYSTEM
    from cpd.authoring import actions
    from cpd.db import unit_of_work
    from cpd.kernel import clock

    assert loaded.bundle is not None  # noqa: S101 - it is sound
    with unit_of_work() as session:
        report = actions.take(
            session, release, loaded.bundle, actor=SYSTEM, now=clock.now(), reason=reason
        )
    _say_published(report)
    return report


def _releases(course: str | None) -> list["Release"]:
    from cpd.authoring import releases
    from cpd.db import db

    found = releases.of_library(db.session())
    if course is None:
        return found
    named = [one for one in found if one.slug == course]
    if not named:
        names = ", ".join(one.slug for one in found)
        raise SystemExit(f"This release ships no '{course}', but: {names}.")
    return named


@command.command()
@click.argument("course")
@click.argument("folder", type=click.Path(path_type=Path))
def export(course: str, folder: Path) -> None:
    """Write the newest version of COURSE into the new FOLDER, byte for byte."""
    from cpd.authoring import actions
    from cpd.db import db

    with _app().app_context():
        try:
            paths = actions.export(db.session(), course, folder)
        except actions.ExportRefusedError as refused:
            raise SystemExit(str(refused)) from None
    click.echo(f"Wrote {len(paths)} files to {folder}.")


def _app() -> "Flask":
    from cpd.cli.main import app_now

    return app_now()


def _recall() -> Recall:
    from cpd.authoring import renderings
    from cpd.db import db

    return partial(renderings.recall, db.session())


def _load_texts(texts: Mapping[str, str], course: str) -> Loaded:
    raw = {path: text.encode() for path, text in texts.items()}
    return library.load(raw, name=course, recall=_recall())


def _refuse_faults(loaded: Sequence[tuple[Path, Loaded]]) -> None:
    for folder, one in loaded:
        _say_faults(folder, one)
    if not all(one.is_sound for _, one in loaded):
        raise SystemExit("Nothing was published.")


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
