"""Writing the revisions when a course is published: one for each changed file, and the course's."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.authoring.checks import numbers
from cpd.authoring.files.bundle import Bundle
from cpd.authoring.files.part import CoursePart
from cpd.authoring.files.texts import Texts
from cpd.authoring.publish import queries, rerendering
from cpd.authoring.publish.models import Source
from cpd.authoring.publish.outcomes import NameTakenError, PublishedRevision, PublishReport
from cpd.authoring.sources.disk import LEDGERS
from cpd.courses.models import (
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
from cpd.db import insert_if_absent
from cpd.kernel.ids import new_public_id
from cpd.quizzes.keys import CaseKeyRow


class RevisionWriter:
    """Writes the revisions when a course is published, knowing what was there before."""

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
        self.course = self._add_course_if_absent_and_lock(owner)
        if self.course.owner != owner:
            raise NameTakenError(bundle.slug)
        self.base_hashes = queries.find_base_hashes(session, bundle.slug)
        self.documents = queries.find_documents_of_course(session, bundle.slug)
        self.newest = queries.find_newest_revisions(session, bundle.slug)
        self.published: list[PublishedRevision] = []
        self.kept: list[tuple[CoursePart[Any], Revision]] = []
        self._pending: list[tuple[CoursePart[Any], Revision, Revision | None]] = []

    def _add_course_if_absent_and_lock(self, owner: str) -> CourseRow:
        new = {
            "public_id": new_public_id("crs"),
            "slug": self.bundle.slug,
            "owner": owner,
            "visibility": Visibility.LISTED,
            "channel": Channel.LOCAL,
            "created_at": self.now,
        }
        insert_if_absent(self.session, CourseRow, [new], by=("slug",))  # hosts may start at once
        return queries.lock_existing_course(self.session, self.bundle.slug)

    @property
    def is_bundle_as_shipped(self) -> bool:
        """Whether every file is the same as in the release; the ledgers do not count."""
        texts = self.release.keys() - LEDGERS.values()
        published = {
            path for part in self.bundle.course_and_parts for path in part.source_texts_by_path
        }
        return published == texts and all(
            map(self._is_part_as_shipped, self.bundle.course_and_parts)
        )

    def _is_part_as_shipped(self, part: CoursePart[Any]) -> bool:
        return all(
            self.release.get(path) == text for path, text in part.source_texts_by_path.items()
        )

    def unrecorded_release_revisions(self) -> list[Revision]:
        """Return unchanged revisions whose text the release also ships, if not recorded yet."""
        return [
            revision
            for part, revision in self.kept
            if self._is_part_as_shipped(part)
            and self.base_hashes.get(revision.id) != revision.content_hash
        ]

    def add_changed_part_revisions(self) -> list[Revision]:
        """Make the revisions of changed parts; returns the current revision of every part."""
        parts = list(self.bundle.parts)
        revisions = [self._keep_or_add_revision_of_part(part, part.content_hash) for part in parts]
        self._write_pending_revisions()
        return revisions

    def add_course_revision_if_changed(self, parts: Sequence[Revision]) -> Revision:
        """Make a revision of the course if it or a part changed; returns the current one."""
        course = self.bundle.course
        before = self.newest.get(course.name)
        revision = self._keep_or_add_revision_of_part(course, self.bundle.content_hash)
        if revision is not before:
            self._write_pending_revisions()
            self.session.add_all(
                RevisionPart(course_revision_id=revision.id, part_id=part.id, position=position)
                for position, part in enumerate(parts, 1)
            )
        return revision

    def build_publish_report(self, course: Revision, ledger_added: int) -> PublishReport:
        """Return what was done; to be called once the course has its channel."""
        return PublishReport(
            course=self.bundle.slug,
            course_revision=course.public_id,
            published=tuple(self.published),
            unchanged=len(self.kept),
            edited_only=tuple(self._find_files_edited_without_effect()),
            ledger_added=ledger_added,
            channel=self.course.channel,
        )

    def _find_files_edited_without_effect(self) -> list[str]:
        """Return the files whose edited text needed no new revision."""
        stored = queries.find_sources_of_revisions(
            self.session, [revision for _, revision in self.kept]
        )
        return [
            part.path
            for part, revision in self.kept
            if (stored[revision.id].path, stored[revision.id].text) != (part.path, part.text)
        ]

    def _find_or_add_document(self, part: CoursePart[Any]) -> Document:
        if part.name not in self.documents:
            document = Document(
                course_id=self.course.id, type=DocumentType(part.type), slug=part.slug
            )
            self.session.add(document)
            self.documents[part.name] = document
        return self.documents[part.name]

    def _keep_or_add_revision_of_part(self, part: CoursePart[Any], content_hash: str) -> Revision:
        before = self.newest.get(part.name)
        if before is not None and before.content_hash == content_hash:
            self.kept.append((part, before))
            return before
        revision = self._build_next_revision(part, content_hash, before)
        self.session.add(revision)
        self._pending.append((part, revision, before))
        return revision

    def _write_pending_revisions(self) -> None:
        """Give the new revisions their ids, then write the rows that refer to them."""
        self.session.flush()
        for part, revision, before in self._pending:
            self._add_rows_of_revision(part, revision, before)
            self.published.append(
                PublishedRevision(
                    name=part.name,
                    path=part.path,
                    public_id=revision.public_id,
                    number=revision.number,
                    replaced=before.number if before else None,
                )
            )
        texts = {
            revision.content_hash: Texts(part.body, part.texts)
            for part, revision, _ in self._pending
        }
        rerendering.store_rendered_texts(self.session, texts, now=self.now)
        self._pending.clear()

    def _build_next_revision(
        self, part: CoursePart[Any], content_hash: str, before: Revision | None
    ) -> Revision:
        built = self.bundle.built.get(part.slug) if part.type == "case" else None
        return Revision(
            document=self._find_or_add_document(part),
            number=before.number + 1 if before else 1,
            content_hash=content_hash,
            title=part.file.title,
            front=build_revision_front(self.bundle, part),
            words=built.words if built else part.body.words,
            published_at=self.now,
        )

    def _add_rows_of_revision(
        self, part: CoursePart[Any], revision: Revision, before: Revision | None
    ) -> None:
        self.session.add(Source(revision_id=revision.id, path=part.path, text=part.text))
        if part.type == "case":
            key = self.bundle.built[part.slug].key.to_json()
            self.session.add(CaseKeyRow(revision_id=revision.id, key=key))
        is_shipped = self._is_part_as_shipped(part)
        base_hash = self.base_hashes.get(before.id, "") if before else ""
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


def build_revision_front(bundle: Bundle, part: CoursePart[Any]) -> dict[str, Any]:
    """Return the data that the revision of a part stores."""
    if part.type == "case":
        return bundle.built[part.slug].front.to_json()
    if part.type == "course":  # so that its pages need not search keys and texts
        return {
            **part.revision_data,
            "cited_by_cases": numbers.citing_cases_by_reference(bundle),
            "explained_at": bundle.term_anchors,
        }
    return part.revision_data
