"""Publishing a course folder, and writing back what was published.

The bundle comes rendered: nothing here renders Markdown, because this runs inside the write
transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.authoring.checks import numbers
from cpd.authoring.files.bundle import Bundle
from cpd.authoring.files.part import CoursePart
from cpd.authoring.files.texts import Texts
from cpd.authoring.publish import queries, recording, renderings
from cpd.authoring.publish.models import Source
from cpd.authoring.publish.recording import LedgerRewrittenError
from cpd.authoring.publish.releases import Release
from cpd.authoring.sources.disk import LEDGERS
from cpd.content.frontmatter import Fault
from cpd.courses.events import CoursePublished
from cpd.courses.models import (
    PROVIDER,
    Channel,
    CourseRow,
    Document,
    DocumentType,
    Origin,
    PublishEntry,
    Revision,
    RevisionPart,
    Visibility,
)
from cpd.db import add_unless_there
from cpd.jobs import publishing
from cpd.kernel import files as private
from cpd.kernel.ids import new_public_id
from cpd.quizzes.keys import CaseKeyRow

MAX_REASON = 400


class PublishRefusedError(Exception):
    """The course cannot be published; `faults` say why, with file, line and remedy."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in faults))


class NameTakenError(Exception):
    """A course of another owner has this name on the site."""


class CourseMovedError(Exception):
    """Another version of the course was published in the meantime."""


class ExportRefusedError(Exception):
    """The course cannot be written to files; the text says why and what to do."""


@dataclass(frozen=True)
class Published:
    """One new revision: what it is of, its number, and the number it replaced."""

    name: str
    path: str
    public_id: str
    number: int
    replaced: int | None


@dataclass(frozen=True)
class PublishReport:
    """What publishing a folder did."""

    course: str
    course_revision: str
    """Public id of the newest revision of the course, new or not."""
    published: tuple[Published, ...]
    unchanged: int
    edited_only: tuple[str, ...]
    """Files whose text differs, but nothing that a learner sees or the key holds."""
    ledger_added: int
    channel: Channel
    """Whether the course follows its releases from now on."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was new."""
        return not self.published and not self.ledger_added


NOT_SHIPPED: Mapping[str, str] = MappingProxyType({})


def publish(
    session: Session,
    bundle: Bundle,
    *,
    actor: Actor,
    now: datetime,
    reason: str,
    release: Mapping[str, str] = NOT_SHIPPED,
    owner: str = PROVIDER,
) -> PublishReport:
    """Make a revision of every file that changed, and of the course when any did.

    `release` is what the present release ships under this name: a course that is published as it
    ships follows its releases, any other text makes it local. Raises PublishRefusedError when the
    bundle has faults, or its ledger lost what was recorded; NameTakenError when the course is
    another owner's; ValueError for a reason that is empty or longer than `MAX_REASON`.
    """
    if not 0 < len(reason.strip()) <= MAX_REASON:
        msg = f"a reason has 1 to {MAX_REASON} characters"
        raise ValueError(msg)
    if bundle.faults:
        raise PublishRefusedError(bundle.faults)
    run = _Run(session, bundle, actor, now, reason, release, owner)
    try:
        added = recording.record(
            session, run.course, bundle, actor=actor, now=now, release=run.release
        )
    except LedgerRewrittenError as rewritten:
        raise PublishRefusedError([rewritten.fault]) from None
    parts = run.add_parts()
    course = run.add_course(parts)
    rebase(session, run.own_bases())
    before = run.course.channel
    run.course.channel = Channel.SHIPPED if run.is_as_shipped else Channel.LOCAL
    report = PublishReport(
        course=bundle.slug,
        course_revision=course.public_id,
        published=tuple(run.published),
        unchanged=run.unchanged,
        edited_only=tuple(run.edited_only()),
        ledger_added=added,
        channel=run.course.channel,
    )
    if report.published:
        publishing.publish(
            session,
            CoursePublished(at=now, course_id=run.course.id, revision_id=course.id),
        )
    if not report.is_empty or report.channel is not before:
        audit.record(
            session,
            actor,
            "authoring:course:publish",
            now=now,
            to=course.public_id,
            revisions=len(report.published),
            ledger_entries=added,
            channel=report.channel,
        )
    return report


def take(
    session: Session, release: Release, bundle: Bundle, *, actor: Actor, now: datetime, reason: str
) -> PublishReport:
    """Publish a course with what was taken from a release: all of it, or some files.

    Raises CourseMovedError when another version was published since it was read, and what
    `publish` raises.
    """
    read = release.revision.public_id if release.revision else None
    queries.lock(session, release.slug)
    newest = queries.newest_course(session, release.slug)
    if (newest.public_id if newest else None) != read:
        raise CourseMovedError(release.slug)
    return publish(session, bundle, actor=actor, now=now, reason=reason, release=release.shipped)


def rebase(session: Session, revisions: Sequence[Revision]) -> None:
    """Record of texts here that a release ships them too: later releases are held against them."""
    its_hash = sa.select(Revision.content_hash).where(Revision.id == PublishEntry.revision_id)
    if revisions:
        session.execute(
            sa.update(PublishEntry)
            .where(PublishEntry.revision_id.in_([one.id for one in revisions]))
            .values(base_hash=its_hash.scalar_subquery()),
            execution_options={"synchronize_session": False},
        )


def warn(session: Session, slug: str, ledger: str, *, actor: Actor, now: datetime) -> int:
    """Record what a release warns of in a course that is edited here; returns how many entries.

    `ledger` is what `offers.warned_ledger` made. Raises LedgerRewrittenError when something else
    was recorded meanwhile.
    """
    course = queries.locked(session, slug)
    added = recording.record_warnings(session, course, ledger, actor=actor, now=now)
    audit.record(
        session,
        actor,
        "authoring:ledger:warn",
        now=now,
        to=course.public_id,
        ledger_entries=added,
    )
    return added


class _Run:
    """One publishing: what is in the database, and what has been added to it."""

    def __init__(
        self,
        session: Session,
        bundle: Bundle,
        actor: Actor,
        now: datetime,
        reason: str,
        release: Mapping[str, str],
        owner: str,
    ) -> None:
        self.session, self.bundle = session, bundle
        self.actor, self.now, self.reason = actor, now, reason
        self.release = release
        self.course = self._locked_course(owner)
        if self.course.owner != owner:
            raise NameTakenError(bundle.slug)
        self.bases = queries.base_hashes(session, bundle.slug)
        self.documents = queries.documents(session, bundle.slug)
        self.newest = queries.newest_revisions(session, bundle.slug)
        self.published: list[Published] = []
        self.kept: list[tuple[CoursePart[Any], Revision]] = []
        self._pending: list[tuple[CoursePart[Any], Revision, Revision | None]] = []

    def _locked_course(self, owner: str) -> CourseRow:
        new = {
            "public_id": new_public_id("crs"),
            "slug": self.bundle.slug,
            "owner": owner,
            "visibility": Visibility.LISTED,
            "channel": Channel.LOCAL,
            "created_at": self.now,
        }
        add_unless_there(self.session, CourseRow, [new], by=("slug",))  # hosts may start at once
        return queries.locked(self.session, self.bundle.slug)

    @property
    def is_as_shipped(self) -> bool:
        """Whether every file is the release's, and none is missing; ledgers stand apart."""
        texts = self.release.keys() - LEDGERS.values()
        published = {path for part in self.bundle.all_parts for path in part.files}
        return published == texts and all(map(self._is_shipped, self.bundle.all_parts))

    def _is_shipped(self, part: CoursePart[Any]) -> bool:
        return all(self.release.get(path) == text for path, text in part.files.items())

    def own_bases(self) -> list[Revision]:
        """Return what was kept and is the release's text, though it rests on an older one."""
        return [
            revision
            for part, revision in self.kept
            if self._is_shipped(part) and self.bases.get(revision.id) != revision.content_hash
        ]

    @property
    def unchanged(self) -> int:
        """How many files needed no revision."""
        return len(self.kept)

    def add_parts(self) -> list[Revision]:
        """Make the revisions of changed parts; returns the present revision of every part."""
        parts = list(self.bundle.parts)
        revisions = [self._revision(part, part.content_hash) for part in parts]
        self._settle()
        return revisions

    def add_course(self, parts: Sequence[Revision]) -> Revision:
        """Make a revision of the course when it or a part changed; returns the present one."""
        course = self.bundle.course
        before = self.newest.get(course.name)
        revision = self._revision(course, self.bundle.content_hash)
        if revision is not before:
            self._settle()
            self.session.add_all(
                RevisionPart(course_revision_id=revision.id, part_id=part.id, position=position)
                for position, part in enumerate(parts, 1)
            )
        return revision

    def edited_only(self) -> list[str]:
        """Return files whose text differs from what was published though no revision was due."""
        stored = queries.sources_of(self.session, [revision for _, revision in self.kept])
        return [
            part.path
            for part, revision in self.kept
            if (stored[revision.id].path, stored[revision.id].text) != (part.path, part.text)
        ]

    def _document(self, part: CoursePart[Any]) -> Document:
        if part.name not in self.documents:
            document = Document(
                course_id=self.course.id, type=DocumentType(part.type), slug=part.slug
            )
            self.session.add(document)
            self.documents[part.name] = document
        return self.documents[part.name]

    def _revision(self, part: CoursePart[Any], content_hash: str) -> Revision:
        before = self.newest.get(part.name)
        if before is not None and before.content_hash == content_hash:
            self.kept.append((part, before))
            return before
        revision = self._new_revision(part, content_hash, before)
        self.session.add(revision)
        self._pending.append((part, revision, before))
        return revision

    def _settle(self) -> None:
        """Give the new revisions their ids, then write what hangs on them."""
        self.session.flush()
        for part, revision, before in self._pending:
            self._add_rows_of(part, revision, before)
            self.published.append(
                Published(
                    name=part.name,
                    path=part.path,
                    public_id=revision.public_id,
                    number=revision.number,
                    replaced=before.number if before else None,
                )
            )
        texts = {row.content_hash: Texts(one.body, one.texts) for one, row, _ in self._pending}
        renderings.keep(self.session, texts, now=self.now)
        self._pending.clear()

    def _new_revision(
        self, part: CoursePart[Any], content_hash: str, before: Revision | None
    ) -> Revision:
        built = self.bundle.built.get(part.slug) if part.type == "case" else None
        return Revision(
            document=self._document(part),
            number=before.number + 1 if before else 1,
            content_hash=content_hash,
            title=part.file.title,
            front=front_of(self.bundle, part),
            words=built.words if built else part.body.words,
            published_at=self.now,
        )

    def _add_rows_of(
        self, part: CoursePart[Any], revision: Revision, before: Revision | None
    ) -> None:
        self.session.add(Source(revision_id=revision.id, path=part.path, text=part.text))
        if part.type == "case":
            key = self.bundle.built[part.slug].key.to_json()
            self.session.add(CaseKeyRow(revision_id=revision.id, key=key))
        is_shipped = self._is_shipped(part)
        base_hash = self.bases.get(before.id, "") if before else ""
        self.session.add(
            PublishEntry(
                revision_id=revision.id,
                replaced_id=before.id if before else None,
                actor=self.actor.subject,
                reason=self.reason,
                origin=Origin.SHIPPED if is_shipped else Origin.LOCAL,
                base_hash=revision.content_hash if is_shipped else base_hash,
                published_at=self.now,
            )
        )


def front_of(bundle: Bundle, part: CoursePart[Any]) -> dict[str, Any]:
    """Return what the revision of a part stores as data."""
    if part.type == "case":
        return bundle.built[part.slug].front.to_json()
    if part.type == "course":  # what its pages would have to look for in keys and texts
        return {
            **part.front,
            "cited_by_cases": numbers.cited_by_cases(bundle),
            "explained_at": bundle.explained_at,
        }
    return part.front


def export(session: Session, course: str, folder: Path) -> list[str]:
    """Write the newest revision of a course to files, byte for byte; returns their paths.

    Raises ExportRefusedError for an unknown course, and for a folder that is not empty.
    """
    revision = queries.newest_course(session, course)
    if revision is None:
        raise ExportRefusedError(f"There is no course '{course}'. Look at its name.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ExportRefusedError(f"{folder} is not an empty folder. Name a new one.")
    files = queries.files(session, revision)
    for path, text in sorted(files.items()):
        target = folder / path
        with private.made(target.parent):  # for its user only: it holds the exam's answers
            private.write(target, text.encode())
    return sorted(files)
