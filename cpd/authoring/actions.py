"""Publishing a course folder, and writing back what was published.

The bundle comes rendered: nothing here renders Markdown, because this runs inside the write
transaction.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.authoring import numbers, queries, renderings
from cpd.authoring.bundle import Bundle, Part
from cpd.authoring.faults import faults_of_bundle
from cpd.authoring.files.ledger import LedgerEntryFile
from cpd.authoring.folders import LEDGER
from cpd.authoring.models import Source
from cpd.authoring.texts import Texts
from cpd.content.frontmatter import Fault
from cpd.courses import queries as courses
from cpd.courses.events import CoursePublished
from cpd.courses.models import (
    Channel,
    CourseRow,
    Document,
    DocumentType,
    LedgerEntry,
    Origin,
    PublishEntry,
    Revision,
    RevisionPart,
    Series,
)
from cpd.jobs import publishing
from cpd.kernel import files as private
from cpd.quizzes.keys import CaseKeyRow

MAX_REASON = 400


class PublishRefusedError(Exception):
    """The course cannot be published; `faults` say why, with file, line and remedy."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in faults))


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

    @property
    def is_empty(self) -> bool:
        """Whether nothing was new."""
        return not self.published and not self.ledger_added


def publish(
    session: Session, bundle: Bundle, *, actor: Actor, now: datetime, reason: str
) -> PublishReport:
    """Make a revision of every file that changed, and of the course when any did.

    Raises PublishRefusedError when the bundle has faults, or its ledger lost what was recorded;
    ValueError for a reason that is empty or longer than `MAX_REASON`.
    """
    if not 0 < len(reason.strip()) <= MAX_REASON:
        msg = f"a reason has 1 to {MAX_REASON} characters"
        raise ValueError(msg)
    _refuse_unsound(bundle)
    run = _Run(session, bundle, actor, now, reason)
    added = run.add_ledger()
    parts = run.add_parts()
    course = run.add_course(parts)
    report = PublishReport(
        course=bundle.slug,
        course_revision=course.public_id,
        published=tuple(run.published),
        unchanged=run.unchanged,
        edited_only=tuple(run.edited_only()),
        ledger_added=added,
    )
    if report.published:
        publishing.publish(
            session,
            CoursePublished(at=now, course_id=run.course.id, revision_id=course.id),
        )
    if not report.is_empty:
        audit.record(
            session,
            actor,
            "authoring:course:publish",
            now=now,
            to=course.public_id,
            revisions=len(report.published),
            ledger_entries=added,
        )
    return report


def _refuse_unsound(bundle: Bundle) -> None:
    """Refuse what a check would refuse; the folder may have been loaded without looking."""
    faults = [
        part.problem(path, problem)
        for part in bundle.all_parts
        for path, document in part.documents
        for problem in document.problems
    ]
    faults.extend(faults_of_bundle(bundle))
    faults.extend(
        case.fault(("id",), "The key of this case has faults.", "Run cpd content check.")
        for case in bundle.cases
        if case.slug not in bundle.built
    )
    if faults:
        raise PublishRefusedError(faults)


class _Run:
    """One publishing: what is in the database, and what has been added to it."""

    def __init__(
        self, session: Session, bundle: Bundle, actor: Actor, now: datetime, reason: str
    ) -> None:
        self.session, self.bundle = session, bundle
        self.actor, self.now, self.reason = actor, now, reason
        self.course = courses.course_row(session, bundle.slug) or self._new_course()
        self.documents = queries.documents(session, bundle.slug)
        self.newest = queries.newest_revisions(session, bundle.slug)
        self.published: list[Published] = []
        self.kept: list[tuple[Part[Any], Revision]] = []
        self._pending: list[tuple[Part[Any], Revision, Revision | None]] = []

    def _new_course(self) -> CourseRow:
        course = CourseRow(slug=self.bundle.slug, channel=Channel.LOCAL, created_at=self.now)
        self.session.add(course)
        self.session.flush()
        return course

    @property
    def unchanged(self) -> int:
        """How many files needed no revision."""
        return len(self.kept)

    def add_ledger(self) -> int:
        """Record the entries that are new; returns how many."""
        known = queries.ledger(self.session, self.bundle.slug, Series.SHIPPED)
        _refuse_rewritten(self.bundle, known)
        texts = _new_texts(self.bundle, known)
        for position, text in enumerate(texts, len(known) + 1):
            entry = self.bundle.ledger[position - 1]
            self.session.add(
                LedgerEntry(
                    course_id=self.course.id,
                    series=Series.SHIPPED,
                    position=position,
                    day=entry.on,
                    about=entry.of,
                    type=entry.type,
                    data={**_data(entry), "text": text},
                    recorded_at=self.now,
                    actor=self.actor.subject,
                )
            )
        return len(texts)

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

    def _document(self, part: Part[Any]) -> Document:
        if part.name not in self.documents:
            document = Document(
                course_id=self.course.id, type=DocumentType(part.type), slug=part.slug
            )
            self.session.add(document)
            self.documents[part.name] = document
        return self.documents[part.name]

    def _revision(self, part: Part[Any], content_hash: str) -> Revision:
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
        self, part: Part[Any], content_hash: str, before: Revision | None
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

    def _add_rows_of(self, part: Part[Any], revision: Revision, before: Revision | None) -> None:
        self.session.add(Source(revision_id=revision.id, path=part.path, text=part.text))
        if part.type == "case":
            key = self.bundle.built[part.slug].key.to_json()
            self.session.add(CaseKeyRow(revision_id=revision.id, key=key))
        self.session.add(
            PublishEntry(
                revision_id=revision.id,
                replaced_id=before.id if before else None,
                actor=self.actor.subject,
                reason=self.reason,
                origin=Origin.LOCAL,
                published_at=self.now,
            )
        )


def front_of(bundle: Bundle, part: Part[Any]) -> dict[str, Any]:
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


def _data(entry: LedgerEntryFile) -> dict[str, Any]:
    """Return what a ledger row holds of an entry beside what it is about."""
    return entry.model_dump(mode="json", exclude={"of", "type"}, exclude_none=True)


def _refuse_rewritten(bundle: Bundle, known: Sequence[LedgerEntry]) -> None:
    """Refuse a ledger in which a recorded line changed or vanished."""
    recorded = queries.ledger_text(known)
    is_longer = bundle.ledger_text.startswith(recorded)
    entries_are_there = len(bundle.ledger) >= len(known) and all(
        (entry.of, entry.type) == (row.about, row.type)
        and {**_data(entry), "text": row.data["text"]} == row.data
        for entry, row in zip(bundle.ledger, known, strict=False)
    )
    if is_longer and entries_are_there:
        return
    now, before = bundle.ledger_text.split("\n"), recorded.split("\n")
    changed = (
        number for number, line in enumerate(before, 1) if now[number - 1 : number] != [line]
    )
    raise PublishRefusedError(
        [
            Fault(
                LEDGER,
                next(changed, 1),
                "A line of the ledger that was recorded has changed or is gone.",
                "Put it back (cpd content export writes it), and add what is new at the end.",
            )
        ]
    )


def _new_texts(bundle: Bundle, known: Sequence[LedgerEntry]) -> list[str]:
    """Return the text of each entry that is not recorded yet; together they are the rest."""
    source = bundle.ledger_source
    if source is None or len(bundle.ledger) == len(known):
        return []
    lines = bundle.ledger_text.splitlines(keepends=True)
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line))
    starts = [
        offsets[source.places.line(("entries", place)) - 1]
        for place in range(len(known) + 1, len(bundle.ledger))
    ]
    first = len(queries.ledger_text(known))
    edges = [first, *starts, len(bundle.ledger_text)]
    return [bundle.ledger_text[begin:end] for begin, end in itertools.pairwise(edges)]


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
