"""What a release offers to a course that is edited here: its documents, to be taken one by one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from cpd.authoring import library, queries
from cpd.authoring.folders import LEDGER, LEDGERS
from cpd.authoring.releases import Release
from cpd.authoring.rules.offering import Content, Offered, offered
from cpd.courses.rules.ledger import Series


@dataclass(frozen=True)
class Offer:
    """One document that a release changed, with its texts here and there."""

    path: str
    """Of its file, or of the first one; how it is asked for."""
    offered: Offered
    base: Content
    here: Content
    shipped: Content


def whole(release: Release) -> dict[str, str]:
    """Return the files of a release as they can be published here, with all that is recorded."""
    own = LEDGERS[Series.HERE]
    ledgers = {
        LEDGER: joined(release.here.get(LEDGER, ""), release.shipped.get(LEDGER, "")),
        own: release.here.get(own, ""),
    }
    return {**release.shipped, **{path: text for path, text in ledgers.items() if text}}


def is_due(release: Release) -> bool:
    """Tell whether a start has anything of it to publish."""
    return release.is_followed and release.here != whole(release)


def offers(session: Session, release: Release) -> list[Offer]:
    """Return what can be taken, by path; nothing of a course that follows its releases."""
    if release.is_followed:
        return []
    base = _documents(queries.bases(session, release.slug))
    here, shipped = _documents(release.here), _documents(whole(release))
    base[LEDGER] = here.get(LEDGER, {})  # only added to, so that nothing here is in the way
    found = []
    for name in base.keys() | here.keys() | shipped.keys():
        texts = (base.get(name), here.get(name), shipped.get(name))
        if kind := offered(*texts, same=_say_the_same):
            before, ours, theirs = (one or {} for one in texts)
            found.append(Offer(min(theirs or ours), kind, before, ours, theirs))
    return sorted(found, key=lambda one: one.path)


def taken(release: Release, paths: Collection[str]) -> dict[str, str]:
    """Return the files here, with the documents of some paths as the release has them.

    Raises LookupError, with its path, for a file that is neither here nor in the release.
    """
    found, files = dict(release.here), whole(release)
    shipped = _documents(files)
    for path in paths:
        if path not in release.here and path not in files:
            raise LookupError(path)
        name = library.document_of(path)
        found = {one: text for one, text in found.items() if library.document_of(one) != name}
        found.update(shipped.get(name, {}))
    return found


def _documents(files: Mapping[str, str]) -> dict[str, Content]:
    """Put files together by the document they belong to."""
    found: dict[str, dict[str, str]] = {}
    for path, text in files.items():
        found.setdefault(library.document_of(path), {})[path] = text
    return dict(found)


def _say_the_same(one: Content, other: Content) -> bool:
    """Tell whether two contents make one revision; a number in a file's name is no difference."""
    if sorted(one.values()) == sorted(other.values()):
        return True
    first = library.hash_of(one)
    return first is not None and first == library.hash_of(other)


def joined(recorded: str, shipped: str) -> str:
    """Return a ledger that begins with all that is recorded, and then has what else is shipped."""
    if shipped.startswith(recorded):
        return shipped
    ours, theirs = library.ledger_of(recorded), library.ledger_of(shipped)
    if ours is None or theirs is None:
        return recorded
    new = [
        text
        for entry, text in zip(theirs.entries, theirs.texts, strict=True)
        if entry not in ours.entries
    ]
    end = "" if recorded.endswith("\n") or not new else "\n"
    return recorded + end + "".join(new)
