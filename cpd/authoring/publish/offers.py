"""What a release offers to a course that is edited here: its documents, to be taken one by one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from cpd.authoring.publish import queries
from cpd.authoring.publish.recording import joined, warnings_for
from cpd.authoring.publish.releases import Release
from cpd.authoring.publish.rules.offering import Content, Offered, offered
from cpd.authoring.sources import parsing
from cpd.authoring.sources.disk import LEDGER
from cpd.courses.models import Revision


@dataclass(frozen=True)
class Offer:
    """One document that a release changed, with its texts here and there."""

    path: str
    """Of its file, or of the first one; how it is asked for."""
    offered: Offered
    base: Content
    here: Content
    shipped: Content


def is_due(release: Release) -> bool:
    """Tell whether a start has anything of it to publish."""
    if not release.is_followed:
        return False
    here, shipped = ({**each, LEDGER: ""} for each in (release.here_as_shipped, release.shipped))
    return here != shipped or _ledger(release) != release.here.get(LEDGER, "")


def _ledger(release: Release) -> str:
    return joined(release.here.get(LEDGER, ""), release.shipped.get(LEDGER, ""))


def warned_ledger(session: Session, release: Release) -> str | None:
    """Return the ledger of an edition with what the release warns of; None where nothing is new."""
    if release.is_followed or release.course is None:
        return None
    here = release.here.get(LEDGER, "")
    documents = queries.documents(session, release.slug)  # also what only older versions hold
    ledger = warnings_for(here, release.shipped.get(LEDGER, ""), documents)
    return ledger if ledger != here else None


def offers(session: Session, release: Release) -> list[Offer]:
    """Return what can be taken, by path; nothing of a course that follows its releases."""
    if release.is_followed:
        return []
    base = _documents(queries.bases(session, release.slug))
    here, shipped = _documents(release.here_as_shipped), _documents(release.shipped)
    if ledger := _ledger(release):  # only added to, so that nothing here is in the way
        base[LEDGER], shipped[LEDGER] = here.get(LEDGER, {}), {LEDGER: ledger}
    found = []
    for name in base.keys() | here.keys() | shipped.keys():
        texts = (base.get(name), here.get(name), shipped.get(name))
        if kind := offered(*texts, same=_say_the_same):
            before, ours, theirs = (one or {} for one in texts)
            found.append(Offer(min(theirs or ours), kind, before, ours, theirs))
    return sorted(found, key=lambda one: one.path)


def own_bases(session: Session, release: Release) -> list[Revision]:
    """Return what is the release's own text here, though it rests on an older one.

    Somebody wrote the same by hand.
    """
    if release.is_followed or release.course is None:
        return []
    here, shipped = _documents(release.here_as_shipped), _documents(release.shipped)
    based = queries.base_hashes(session, release.slug)
    newest = queries.newest_revisions(session, release.slug).values()
    others = [one for one in newest if based.get(one.id) != one.content_hash]
    names = {
        id_: parsing.document_of(source.path)
        for id_, source in queries.sources_of(session, others).items()
    }
    return [
        one
        for one in others
        if (name := names[one.id]) in here.keys() & shipped.keys()
        and _say_the_same(here[name], shipped[name])
    ]


def taken(release: Release, paths: Collection[str]) -> dict[str, str]:
    """Return the files here, with the documents of some paths as the release has them.

    Raises LookupError, with its path, for a file that is neither here nor in the release.
    """
    found, shipped = dict(release.here), _documents(release.shipped)
    for path in paths:
        if path not in release.here and path not in release.shipped:
            raise LookupError(path)
        name = parsing.document_of(path)
        found = {one: text for one, text in found.items() if parsing.document_of(one) != name}
        found.update(shipped.get(name, {}))
    return found


def _documents(files: Mapping[str, str]) -> dict[str, Content]:
    """Put files together by the document they belong to."""
    found: dict[str, dict[str, str]] = {}
    for path, text in files.items():
        found.setdefault(parsing.document_of(path), {})[path] = text
    return dict(found)


def _say_the_same(one: Content, other: Content) -> bool:
    """Tell whether two contents make one revision; a number in a file's name is no difference."""
    if sorted(one.values()) == sorted(other.values()):
        return True
    first = parsing.content_hash_of(one)
    return first is not None and first == parsing.content_hash_of(other)
