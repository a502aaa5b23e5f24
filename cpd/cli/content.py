"""`cpd content`: check course folders, publish them, and write published courses to files."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from cpd.authoring.checks import output as checking
from cpd.authoring.checks.countries import find_country_faults, find_stale_countries
from cpd.authoring.checks.lint.all_rules import apply_warning_rules
from cpd.authoring.sources import disk as folders
from cpd.authoring.sources import loading
from cpd.authoring.sources.disk import LEDGERS
from cpd.authoring.sources.loading import Loaded
from cpd.cli import offers
from cpd.cli.publishing import (
    exit_on_faults,
    import_and_create_app_or_exit,
    print_course_faults,
    print_faults,
    print_publish_report,
    reader_of_rendered_texts,
    reader_of_stored_pictures,
    shorten_path_of_fault,
)
from cpd.content.frontmatter import Fault
from cpd.courses.rules.ledger import Series
from cpd.credit.authority_loading import find_authority_faults, find_stale_authorities
from cpd.kernel import clock

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


def _validate_reason_option(_context: click.Context, _option: click.Parameter, value: str) -> str:
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
@click.argument("chosen", metavar="[FOLDERS]...", nargs=-1, type=FOLDER)
@click.option("--quiet", is_flag=True, help="Faults only: no warnings, no tables.")
@click.option("--hashes", is_flag=True, help="Also the hash of each file, for signatures.")
def check(chosen: tuple[Path, ...], *, quiet: bool, hashes: bool) -> None:
    """Report faults and warnings with file, line and remedy, then the course's tables.

    Without FOLDERS, check the shipped courses, the provider's pages, the numbers of countries and
    the rules of authorities. The exit code is 1 if there are faults.
    """
    loaded = {
        folder: loading.load_course_folder(folder)
        for folder in chosen or folders.shipped_course_folders()
    }
    of_provider = [] if chosen else _find_faults_of_provider_pages()
    of_countries = [] if chosen else find_country_faults()
    of_authorities = [] if chosen else find_authority_faults()
    for folder, course in loaded.items():
        print_course_faults(folder, course)
        if course.bundle is not None and not quiet and course.bundle.uncounted_names:
            click.echo(f"{folder.name}: Warnings and tables follow once these faults are fixed.")
        elif course.bundle is not None and not quiet:
            warnings = [
                shorten_path_of_fault(folder, fault) for fault in apply_warning_rules(course.bundle)
            ]
            click.echo(checking.build_report_text(course.bundle, warnings))
        if course.bundle is not None and hashes:
            click.echo(checking.build_hash_lines(course.bundle))
    print_faults(of_provider, "The provider's pages")
    print_faults(of_countries, "The numbers of countries")
    print_faults(of_authorities, "The rules of authorities")
    if not (chosen or quiet):
        today = clock.now().date()
        for warning in (*find_stale_countries(today), *find_stale_authorities(today)):
            click.echo(f"warning: {warning}")
    are_sound = all(course.is_sound for course in loaded.values())
    if of_provider or of_countries or of_authorities or not are_sound:
        raise SystemExit(1)


@command.command()
@click.argument("chosen", metavar="[FOLDERS]...", nargs=-1, type=FOLDER)
@click.option(
    "--reason",
    default=offers.SHIPPED,
    callback=_validate_reason_option,
    help="Kept in the publish log.",
)
def publish(chosen: tuple[Path, ...], *, reason: str) -> None:
    """Publish what changed in FOLDERS, or in the shipped courses that nobody edited here."""
    with import_and_create_app_or_exit().app_context():
        from cpd.config import current_settings

        if not (chosen or current_settings().shipped_courses):
            sys.exit("CPD_SHIPPED_COURSES=0 leaves the shipped courses out: name a folder.")
        if chosen:
            publish_folders(load_sound_folders_or_exit(chosen), reason=reason)
        else:
            offers.publish_releases(offers.load_releases_to_publish(), reason=reason)
            offers.record_release_warnings()


def load_sound_folders_or_exit(chosen: Sequence[Path]) -> Mapping[Path, Loaded]:
    """Load folders, ready to be published, or end the command with their faults.

    Renders only texts that the database does not have as HTML yet.
    """
    loaded = {folder: _load_folder_with_ledger_of_site(folder) for folder in chosen}
    exit_on_faults(list(loaded.items()))
    return loaded


def publish_folders(loaded: Mapping[Path, Loaded], *, reason: str) -> None:
    """Publish what changed in sound folders, and print what that was."""
    for folder, course in loaded.items():
        _publish_folder_and_print_report(folder, course, reason)


def _publish_folder_and_print_report(folder: Path, loaded: Loaded, reason: str) -> None:
    from cpd.access.permissions import SYSTEM
    from cpd.authoring.publish import actions, outcomes, releases
    from cpd.courses.models import Channel
    from cpd.db import db, unit_of_work
    from cpd.kernel import clock

    bundle = loaded.sound_bundle
    shipped = folders.read_release_files(bundle.slug)
    try:
        with unit_of_work() as session:
            report = actions.publish_course(
                session,
                bundle,
                actor=SYSTEM,
                now=clock.now(),
                reason=reason,
                release=shipped,
            )
    except outcomes.PublishRefusedError as refused:
        faults = "\n".join(str(shorten_path_of_fault(folder, fault)) for fault in refused.faults)
        raise SystemExit(f"{faults}\nNothing of this course was published.") from None
    except outcomes.NameTakenError as taken:
        free = releases.find_free_course_slug(db.session(), str(taken))
        raise SystemExit(
            f"The course '{taken}' belongs to another owner here. Name the folder and the id in "
            f"its course.md '{free}', which is free.\nNothing of this course was published."
        ) from None
    print_publish_report(report)
    if shipped and report.published and report.channel is not Channel.SHIPPED:
        click.echo("  This differs from the release's text, so later starts leave it unchanged.")


@command.command()
@click.argument("course")
@click.argument("folder", type=click.Path(path_type=Path))
def export(course: str, folder: Path) -> None:
    """Write the newest version of COURSE, byte for byte, into a new folder COURSE in FOLDER.

    If FOLDER itself has the name of the course, it becomes that folder.
    """
    from cpd.authoring.publish.exporting import export_course_to_folder as export_course
    from cpd.authoring.publish.outcomes import ExportRefusedError
    from cpd.db import db

    if folder.resolve().name != course:  # a course is checked in a folder of its own name
        folder /= course
    with import_and_create_app_or_exit().app_context():
        try:
            paths = export_course(db.session(), course, folder)
        except ExportRefusedError as refused:
            raise SystemExit(str(refused)) from None
    click.echo(f"Wrote {len(paths)} files to {folder}.")


@command.command()
@click.argument("picture", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("folder", type=FOLDER)
@click.option("--description", default="", help="What the picture shows; empty if decorative.")
def picture(picture: Path, folder: Path, *, description: str) -> None:
    """Write a PNG, JPEG or WebP anew into the media folder of a course, for its texts to show.

    Only its pixels are kept. The line that is printed shows the picture where you put it.
    """
    from cpd.kernel import files, raster
    from cpd.media import encoding
    from cpd.media.labels import REFUSALS
    from cpd.media.refusals import PictureRefusedError

    try:
        content = encoding.encode_picture(picture.read_bytes())
    except PictureRefusedError as refused:
        raise SystemExit(str(REFUSALS[refused.reason])) from None
    name = raster.build_picture_name(content)
    target = folder / "media" / f"{name}.webp"
    target.parent.mkdir(exist_ok=True)
    files.write_private_file(target, content)
    click.echo(raster.format_reference(name, description))


def _load_folder_with_ledger_of_site(folder: Path) -> Loaded:
    """Load a folder with this site's own ledger, unless the folder has one."""
    from cpd.authoring.publish import queries
    from cpd.db import db

    name = folder.resolve().name
    ledger = queries.build_ledger_text(queries.find_ledger_entries(db.session(), name, Series.HERE))
    own = {LEDGERS[Series.HERE]: ledger.encode()} if ledger else {}
    return loading.load_course_files(
        {**own, **folders.read_folder_files(folder)},
        name=name,
        stored_texts=reader_of_rendered_texts(),
        stored_pictures=reader_of_stored_pictures(),
    )


def _find_faults_of_provider_pages() -> list[Fault]:
    """Return the faults of the provider's pages: the stored ones, or those of the settings."""
    from cpd.cli.main import read_settings_or_exit
    from cpd.provider.first_start import find_stored_pages
    from cpd.web import provider_texts

    settings = read_settings_or_exit()
    stored = find_stored_pages(settings)
    if stored is None:
        return provider_texts.collect_faults_in_folder(settings.provider_pages)
    return provider_texts.collect_faults_in_texts(stored)
