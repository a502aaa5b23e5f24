"""What a release offers to a course that is edited here: documents that can be taken one by one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from cpd.authoring.publish import queries
from cpd.authoring.publish.ledger_merging import merge_ledger_texts, merge_warnings_into_ledger_text
from cpd.authoring.publish.releases import Release
from cpd.authoring.publish.rules.offering import Content, OfferKind, offer_kind_or_none
from cpd.authoring.sources import parsing
from cpd.authoring.sources.disk import LEDGER
from cpd.courses.models import Revision


@dataclass(frozen=True)
class Offer:
    """One document that a release changed, with its texts here and there."""

    path: str
    """Of its file, or of the first of its files; it identifies the offer."""
    kind: OfferKind
    base: Content
    here: Content
    shipped: Content


def release_needs_publishing(release: Release) -> bool:
    """Return whether a start has anything to publish from a release."""
    if not release.does_course_follow_release:
        return False
    here, shipped = (
        {**files, LEDGER: ""}
        for files in (release.files_here_without_own_ledger, release.shipped_files)
    )
    return here != shipped or _merge_release_ledger_text(release) != release.here.get(LEDGER, "")


def _merge_release_ledger_text(release: Release) -> str:
    return merge_ledger_texts(release.here.get(LEDGER, ""), release.shipped_files.get(LEDGER, ""))


def ledger_text_with_new_warnings_or_none(session: Session, release: Release) -> str | None:
    """Return the ledger of an edited course with a release's warnings; None if none are new."""
    if release.does_course_follow_release or release.course is None:
        return None
    here = release.here.get(LEDGER, "")
    documents = queries.find_documents_of_course(
        session, release.slug
    )  # including those of older versions
    ledger = merge_warnings_into_ledger_text(here, release.shipped_files.get(LEDGER, ""), documents)
    return ledger if ledger != here else None


def find_offers_of_release(session: Session, release: Release) -> list[Offer]:
    """Return the documents that can be taken, by path; none if the course follows its releases."""
    if release.does_course_follow_release:
        return []
    base = _group_files_by_document(queries.find_base_texts(session, release.slug))
    here, shipped = (
        _group_files_by_document(release.files_here_without_own_ledger),
        _group_files_by_document(release.shipped_files),
    )
    if ledger := _merge_release_ledger_text(
        release
    ):  # entries are only added, so there is no conflict
        base[LEDGER], shipped[LEDGER] = here.get(LEDGER, {}), {LEDGER: ledger}
    offers = []
    for name in base.keys() | here.keys() | shipped.keys():
        texts = (base.get(name), here.get(name), shipped.get(name))
        if kind := offer_kind_or_none(*texts, same=_contents_make_same_revision):
            before, ours, theirs = (content or {} for content in texts)
            offers.append(Offer(min(theirs or ours), kind, before, ours, theirs))
    return sorted(offers, key=lambda offer: offer.path)


def find_unrecorded_release_revisions(session: Session, release: Release) -> list[Revision]:
    """Return revisions whose text the release also ships, but is not recorded as their base.

    This happens when somebody made the same change by hand.
    """
    if release.does_course_follow_release or release.course is None:
        return []
    here, shipped = (
        _group_files_by_document(release.files_here_without_own_ledger),
        _group_files_by_document(release.shipped_files),
    )
    base_hashes = queries.find_base_hashes(session, release.slug)
    newest = queries.find_newest_revisions(session, release.slug).values()
    others = [
        revision for revision in newest if base_hashes.get(revision.id) != revision.content_hash
    ]
    names = {
        id_: parsing.parse_document_name(source.path)
        for id_, source in queries.find_sources_of_revisions(session, others).items()
    }
    return [
        revision
        for revision in others
        if (name := names[revision.id]) in here.keys() & shipped.keys()
        and _contents_make_same_revision(here[name], shipped[name])
    ]


def build_files_with_taken_documents(release: Release, paths: Collection[str]) -> dict[str, str]:
    """Return the files here, but with the documents at some paths as the release has them.

    Raises LookupError, with the path, for a file that is neither here nor in the release.
    """
    files, shipped = dict(release.here), _group_files_by_document(release.shipped_files)
    for path in paths:
        if path not in release.here and path not in release.shipped_files:
            raise LookupError(path)
        name = parsing.parse_document_name(path)
        files = {
            kept: text for kept, text in files.items() if parsing.parse_document_name(kept) != name
        }
        files.update(shipped.get(name, {}))
    return files


def _group_files_by_document(files: Mapping[str, str]) -> dict[str, Content]:
    """Group files by the document they belong to."""
    documents: dict[str, dict[str, str]] = {}
    for path, text in files.items():
        documents.setdefault(parsing.parse_document_name(path), {})[path] = text
    return dict(documents)


def _contents_make_same_revision(one: Content, other: Content) -> bool:
    """Return whether two contents make the same revision; numbers in file names do not count."""
    if sorted(one.values()) == sorted(other.values()):
        return True
    first = parsing.compute_content_hash_or_none(one)
    return first is not None and first == parsing.compute_content_hash_or_none(other)
