"""The courses of a release: publishing them at start, and `cpd content offers` and `take`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cpd.authoring.publish.rules.offering import OfferKind, offer_diff_lines
from cpd.authoring.sources import disk, loading
from cpd.authoring.sources.loading import Loaded
from cpd.cli.publishing import (
    exit_on_faults,
    import_and_create_app_or_exit,
    print_publish_report,
    reader_of_rendered_texts,
    reader_of_stored_pictures,
)

if TYPE_CHECKING:
    from cpd.authoring.publish.offers import Offer
    from cpd.authoring.publish.outcomes import PublishReport
    from cpd.authoring.publish.releases import Release

SHIPPED = "Shipped with this release."
TAKEN = "Taken from a release."
WORDS = {
    OfferKind.NEW: "new in the release",
    OfferKind.CHANGED: "changed in the release, untouched here",
    OfferKind.GONE: "removed from the release, untouched here",
    OfferKind.CONFLICT: "changed in both; taking it discards the changes made here",
}


def load_releases_to_publish() -> list[tuple["Release", Loaded]]:
    """Return the shipped courses with a newer text to publish here.

    Prints why the others are left out: courses that were edited here stay as they are.
    """
    from cpd.authoring.publish import actions, offers, releases
    from cpd.db import db, unit_of_work

    shipped = releases.find_shipped_releases(db.session())
    unrecorded = [
        revision
        for release in shipped
        for revision in offers.find_unrecorded_release_revisions(db.session(), release)
    ]
    if unrecorded:
        with unit_of_work() as session:
            actions.record_release_texts_as_base(session, unrecorded)
    for release in shipped:
        _print_why_course_stays(release)
    loaded = [
        (release, _load_course_from_texts(release.shipped_files, release.slug))
        for release in shipped
        if offers.release_needs_publishing(release)
    ]
    exit_on_faults([(release.folder, course) for release, course in loaded])
    return loaded


def publish_releases(courses: Sequence[tuple["Release", Loaded]], *, reason: str = SHIPPED) -> None:
    """Publish the newer texts of shipped courses, and print what changed.

    A course that someone else has published since it was read stays as it is, and so does one whose
    newer texts would no longer match an approval on file.
    """
    from cpd.authoring.publish.outcomes import ApprovalLostError, CourseMovedError

    for release, loaded in courses:
        try:
            _publish_release_texts_and_print_report(release, loaded, reason)
        except CourseMovedError:
            click.echo(f"{release.slug}: another version was published just now, and was kept.")
        except ApprovalLostError as refused:
            click.echo(f"{release.slug}: the present version was kept. {refused}")
    loading.clear_course_caches()  # the processes that `cpd serve` forks do not need them


def record_release_warnings() -> None:
    """Record this release's retractions and withdrawals in courses that are edited here, too."""
    from cpd.access.permissions import SYSTEM
    from cpd.authoring.publish import actions, offers, releases
    from cpd.authoring.publish.ledger_recording import LedgerRewrittenError
    from cpd.db import db, unit_of_work
    from cpd.kernel import clock

    for release in releases.find_shipped_releases(db.session()):
        if (ledger := offers.ledger_text_with_new_warnings_or_none(db.session(), release)) is None:
            continue
        try:
            with unit_of_work() as session:
                added = actions.record_release_warnings(
                    session, release.slug, ledger, actor=SYSTEM, now=clock.now()
                )
        except LedgerRewrittenError:  # another host was first; the next start adds the rest
            continue
        entries = (
            "1 retraction or withdrawal" if added == 1 else f"{added} retractions or withdrawals"
        )
        click.echo(
            f"{release.slug}: {entries} of this release are now in its ledger. To see "
            f"what depends on them: cpd content export {release.slug} FOLDER, then "
            "cpd content check FOLDER."
        )


def _print_why_course_stays(release: "Release") -> None:
    if release.does_course_follow_release and release.has_own_ledger_entries:
        click.echo(
            f"{release.slug}: the ledger here has entries that this release does not ship or words "
            "differently. They stay as recorded; new ones are added. Your own entries belong in "
            "ledger-here.yaml."
        )
    if offered := _find_offers_of_release(release):
        summary = _build_summary_of_offers(release, len(offered))
        click.echo(f"{summary} See: cpd content offers {release.slug}")


def _find_offers_of_release(release: "Release") -> list["Offer"]:
    from cpd.authoring.publish import offers
    from cpd.db import db

    return offers.find_offers_of_release(db.session(), release)


def _build_summary_of_offers(release: "Release", count: int) -> str:
    if release.course is None:
        return (
            f"{release.folder.name}: one of your own courses has this name. The release's is "
            f"available as {release.slug}."
        )
    files = "1 file" if count == 1 else f"{count} files"
    return f"{release.slug}: edited here, so left as it is. The release changed {files}."


@click.command("offers")
@click.argument("course", required=False)
def list_offers(course: str | None) -> None:
    """List what this release changed in courses that are edited here.

    With COURSE, also show how the texts differ: `-` is here, `+` is in the release.
    """
    with import_and_create_app_or_exit().app_context():
        available = [
            (release, offered)
            for release in _find_releases_or_exit(course)
            if (offered := _find_offers_of_release(release))
        ]
        for release, offered in available:
            click.echo(_build_summary_of_offers(release, len(offered)))
            for offer in offered:
                click.echo(f"  {offer.path}: {WORDS[offer.kind]}")
                if course is not None:
                    for line in offer_diff_lines(offer.base, offer.here, offer.shipped):
                        click.echo(f"    {line}")
            click.echo(f"Take them with: cpd content take {release.slug} FILE... (or --all)")
        if not available:
            click.echo("There is nothing to take.")


@click.command()
@click.argument("course")
@click.argument("files", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All files of the release.")
def take(course: str, files: tuple[str, ...], *, everything: bool) -> None:
    """Publish FILES of COURSE as this release has them, replacing those here.

    With --all, the whole course is as shipped and follows its releases from now on.
    """
    if everything is bool(files):
        raise click.UsageError("Name files as `cpd content offers` lists them, or write --all.")
    from cpd.authoring.publish import offers
    from cpd.authoring.publish.outcomes import ApprovalLostError, CourseMovedError
    from cpd.courses.models import Channel

    with import_and_create_app_or_exit().app_context():
        (release,) = _find_releases_or_exit(course)
        try:
            taken = (
                release.shipped_files
                if everything
                else offers.build_files_with_taken_documents(release, files)
            )
        except LookupError as unknown:
            raise SystemExit(f"Neither this course nor its release has {unknown}.") from None
        loaded = _load_course_from_texts(taken, course)
        exit_on_faults([(Path(course), loaded)])
        try:
            report = _publish_release_texts_and_print_report(release, loaded, TAKEN)
        except CourseMovedError:
            raise SystemExit("Someone else published this course just now. Look again.") from None
        except ApprovalLostError as refused:
            raise SystemExit(str(refused)) from None
    if report.channel is Channel.SHIPPED:
        click.echo(f"{report.course} is as shipped, and follows its releases from now on.")


def _publish_release_texts_and_print_report(
    release: "Release", loaded: Loaded, reason: str
) -> "PublishReport":
    from cpd.access.permissions import SYSTEM
    from cpd.authoring.publish import actions
    from cpd.db import unit_of_work
    from cpd.kernel import clock

    with unit_of_work() as session:
        report = actions.publish_release_texts(
            session, release, loaded.sound_bundle, actor=SYSTEM, now=clock.now(), reason=reason
        )
    print_publish_report(report)
    return report


def _find_releases_or_exit(course: str | None) -> list["Release"]:
    from cpd.authoring.publish import releases
    from cpd.db import db

    shipped = releases.find_shipped_releases(db.session())
    if course is None:
        return shipped
    named = [release for release in shipped if release.slug == course]
    if not named:
        names = ", ".join(release.slug for release in shipped)
        raise SystemExit(f"This release does not ship '{course}'. It ships: {names}.")
    return named


def _load_course_from_texts(texts: Mapping[str, str], course: str) -> Loaded:
    raw = {path: text.encode() for path, text in texts.items()}
    return loading.load_course_files(
        {**disk.read_release_pictures(course), **raw},
        name=course,
        stored_texts=reader_of_rendered_texts(),
        stored_pictures=reader_of_stored_pictures(),
    )
