"""The page of what a release offers to a course that is edited here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.authoring.blueprint import bp
from cpd.authoring.history.differences import Differences, compare_files
from cpd.authoring.offering.forms import TakeForm
from cpd.authoring.pages import (
    note_opened_keys,
    send_to_blind_answer_if_asked,
    written_course_or_404,
)
from cpd.authoring.publish import actions, offers
from cpd.authoring.publish.offers import Offer
from cpd.authoring.publish.outcomes import CourseMovedError, PublishRefusedError
from cpd.authoring.publish.releases import Release, find_shipped_releases
from cpd.authoring.publish.rerendering import find_rendered_texts
from cpd.authoring.publish.rules.offering import OfferKind
from cpd.authoring.sources import disk
from cpd.authoring.sources.loading import load_course_files
from cpd.courses.models import CourseRow
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.media.queries import find_stored_pictures

CONFLICT, WRONG = 409, 422
TAKEN = "Taken from a release."
KINDS: Mapping[OfferKind, LazyString] = {
    OfferKind.NEW: _l("New in the release."),
    OfferKind.CHANGED: _l("Changed in the release, and not edited here."),
    OfferKind.GONE: _l("Removed from the release, and not edited here."),
    OfferKind.CONFLICT: _l(
        "Changed in the release and edited here. Accepting this change replaces what was "
        "written here."
    ),
}


@dataclass(frozen=True)
class ShownOffer:
    """One document that the release changed, with what taking it would change here."""

    offer: Offer
    differences: Sequence[tuple[str, Differences]]
    """By path: a figure has two files."""


@bp.get("/courses/<string:course>/offers")
@requires(Permission.DRAFT_WRITE)
def list_offers(course: str) -> ResponseReturnValue:
    """Show what the release changed, and what taking it would change here."""
    return _render_offers_page(written_course_or_404(course), TakeForm())


@bp.post("/courses/<string:course>/offers")
@requires(Permission.DRAFT_WRITE)
def take_offers(course: str) -> ResponseReturnValue:
    """Publish the chosen files as the release has them; their cases stay unreviewed here."""
    row, form = written_course_or_404(course), TakeForm.from_request()
    release = _find_release(row)
    offered = _find_offers(release)
    chosen = {offer.path for offer in offered} & set(form.files.data)
    if release is None or not chosen or not form.validate():
        form.form_errors.append(_("Choose at least one file."))
        return _render_offers_page(row, form), WRONG
    if fault := _take_or_explain(release, sorted(chosen), form.version.data):
        form.form_errors.append(fault)
        return _render_offers_page(row, form), CONFLICT
    flash(
        ngettext(
            "The file is published exactly as it is in the release.",
            "%(num)s files are published exactly as they are in the release.",
            len(chosen),
        ),
        "good",
    )
    return redirect(url_for(".list_offers", course=row.slug), 303)


def _take_or_explain(release: Release, paths: Sequence[str], shown: str) -> str | None:
    """Publish the texts of some files from a release; returns why not if they are not published."""
    moved = str(_("Someone else published this course just now. Look at it again."))
    if release.revision is None or release.revision.public_id != shown:
        return moved
    files = offers.build_files_with_taken_documents(release, paths)
    session = db.session()
    loaded = load_course_files(
        {
            **disk.read_release_pictures(release.slug),
            **{path: text.encode() for path, text in files.items()},
        },
        name=release.slug,
        stored_texts=lambda hashes: find_rendered_texts(session, hashes),
        stored_pictures=lambda names: find_stored_pictures(session, names),
    )
    if not loaded.is_sound:
        return "\n".join(map(str, loaded.faults[:3]))
    try:
        with unit_of_work() as writing:
            actions.publish_release_texts(
                writing,
                release,
                loaded.sound_bundle,
                actor=current_actor(),
                now=clock.now(),
                reason=TAKEN,
            )
    except CourseMovedError:
        return moved
    except PublishRefusedError as refused:
        return str(refused)
    return None


def _find_release(course: CourseRow) -> Release | None:
    """Return the release that corresponds to a course, if there is one."""
    releases = find_shipped_releases(db.session())
    return next((one for one in releases if one.course and one.course.id == course.id), None)


def _find_offers(release: Release | None) -> Sequence[Offer]:
    return offers.find_offers_of_release(db.session(), release) if release else []


def _render_offers_page(course: CourseRow, form: TakeForm) -> str:
    release = _find_release(course)
    offered = _find_offers(release)
    send_to_blind_answer_if_asked(course.id, *(offer.path for offer in offered))
    note_opened_keys(course.id, *(offer.path for offer in offered))
    return render_template(
        "authoring/offering/offers.html",
        course=course,
        form=form,
        follows=release is not None and release.does_course_follow_release,
        version=release.revision.public_id if release and release.revision else "",
        offers=[_build_shown_offer(offer) for offer in offered],
        KINDS=KINDS,
    )


def _build_shown_offer(offer: Offer) -> ShownOffer:
    paths = sorted(offer.here.keys() | offer.shipped.keys())
    return ShownOffer(
        offer,
        [
            (path, compare_files(path, offer.here.get(path), offer.shipped.get(path)))
            for path in paths
        ],
    )
