"""What a release offers to a course that is edited here: documents that can be taken one by one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from cpd.authoring.publish import queries
from cpd.authoring.publish.ledger_merging import merge_ledgers, merge_warnings
from cpd.authoring.publish.releases import Release
from cpd.authoring.publish.rules.offering import Content, OfferKind, kind_of_offer
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


def needs_publishing(release: Release) -> bool:
    """Return whether a start has anything to publish from a release."""
    if not release.is_followed:
        return False
    here, shipped = ({**files, LEDGER: ""} for files in (release.here_as_shipped, release.shipped))
    return here != shipped or _merged_ledger(release) != release.here.get(LEDGER, "")


def _merged_ledger(release: Release) -> str:
    return merge_ledgers(release.here.get(LEDGER, ""), release.shipped.get(LEDGER, ""))


def ledger_with_warnings(session: Session, release: Release) -> str | None:
    """Return the ledger of an edited course with a release's warnings; None if none are new."""
    if release.is_followed or release.course is None:
        return None
    here = release.here.get(LEDGER, "")
    documents = queries.documents(session, release.slug)  # including those of older versions
    ledger = merge_warnings(here, release.shipped.get(LEDGER, ""), documents)
    return ledger if ledger != here else None


def offers_of(session: Session, release: Release) -> list[Offer]:
    """Return the documents that can be taken, by path; none if the course follows its releases."""
    if release.is_followed:
        return []
    base = _documents(queries.base_texts(session, release.slug))
    here, shipped = _documents(release.here_as_shipped), _documents(release.shipped)
    if ledger := _merged_ledger(release):  # entries are only added, so there is no conflict
        base[LEDGER], shipped[LEDGER] = here.get(LEDGER, {}), {LEDGER: ledger}
    offers = []
    for name in base.keys() | here.keys() | shipped.keys():
        texts = (base.get(name), here.get(name), shipped.get(name))
        if kind := kind_of_offer(*texts, same=_say_the_same):
            before, ours, theirs = (content or {} for content in texts)
            offers.append(Offer(min(theirs or ours), kind, before, ours, theirs))
    return sorted(offers, key=lambda offer: offer.path)


def unrecorded_release_texts(session: Session, release: Release) -> list[Revision]:
    """Return revisions whose text the release also ships, but is not recorded as their base.

    This happens when somebody made the same change by hand.
    """
    if release.is_followed or release.course is None:
        return []
    here, shipped = _documents(release.here_as_shipped), _documents(release.shipped)
    base_hashes = queries.base_hashes(session, release.slug)
    newest = queries.newest_revisions(session, release.slug).values()
    others = [
        revision for revision in newest if base_hashes.get(revision.id) != revision.content_hash
    ]
    names = {
        id_: parsing.document_of(source.path)
        for id_, source in queries.sources_of(session, others).items()
    }
    return [
        revision
        for revision in others
        if (name := names[revision.id]) in here.keys() & shipped.keys()
        and _say_the_same(here[name], shipped[name])
    ]


def files_with_taken(release: Release, paths: Collection[str]) -> dict[str, str]:
    """Return the files here, but with the documents at some paths as the release has them.

    Raises LookupError, with the path, for a file that is neither here nor in the release.
    """
    files, shipped = dict(release.here), _documents(release.shipped)
    for path in paths:
        if path not in release.here and path not in release.shipped:
            raise LookupError(path)
        name = parsing.document_of(path)
        files = {kept: text for kept, text in files.items() if parsing.document_of(kept) != name}
        files.update(shipped.get(name, {}))
    return files


def _documents(files: Mapping[str, str]) -> dict[str, Content]:
    """Group files by the document they belong to."""
    documents: dict[str, dict[str, str]] = {}
    for path, text in files.items():
        documents.setdefault(parsing.document_of(path), {})[path] = text
    return dict(documents)


def _say_the_same(one: Content, other: Content) -> bool:
    """Return whether two contents make the same revision; numbers in file names do not count."""
    if sorted(one.values()) == sorted(other.values()):
        return True
    first = parsing.content_hash_of(one)
    return first is not None and first == parsing.content_hash_of(other)
