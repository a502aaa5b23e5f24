"""Courses, their documents and immutable revisions; enrollments and what was read in them."""

import enum
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.cases.scales import Pool
from cpd.content.languages import mark_text
from cpd.courses.rules.addresses import OWN, CourseAddress
from cpd.courses.rules.fronts.course import language_of_front
from cpd.courses.rules.ledger import Series
from cpd.db import (
    Base,
    PrimaryKey,
    PublicId,
    Subject,
    current_time_default,
    partial_unique_index,
    public_id_column,
)

PROVIDER = "provider"
"""The owner of a course that belongs to the site itself; else a school's public id."""


class Visibility(enum.StrEnum):
    """Who finds a course: everyone, or only its owner's staff and those who are taking it."""

    LISTED = "listed"
    HIDDEN = "hidden"


class Channel(enum.StrEnum):
    """Where new text of a course comes from: releases, or only people at this site."""

    SHIPPED = "shipped"
    LOCAL = "local"


class Origin(enum.StrEnum):
    """Where a published file was written: in a release, or at this site."""

    SHIPPED = "shipped"
    LOCAL = "local"


class CourseRow(Base):
    """What a course is apart from its text: its name in URLs, its owner, who sees it.

    Its text is in the revisions of its documents.
    """

    __tablename__ = "courses"

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("crs")
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    """The name of the course in URLs, and of its course document."""
    owner: Mapped[str] = mapped_column(sa.String(40), default=PROVIDER)
    visibility: Mapped[Visibility] = mapped_column(default=Visibility.LISTED)
    channel: Mapped[Channel]
    created_at: Mapped[datetime] = mapped_column(default=current_time_default)


class DocumentType(enum.StrEnum):
    """What a course is made of, including the course itself."""

    COURSE = "course"
    EXAM = "exam"
    SECTION = "section"
    CASE = "case"
    HAZARD = "hazard"
    TOOL = "tool"
    FIGURE = "figure"
    REFERENCE = "reference"
    GLOSSARY = "glossary"
    LIST = "list"


class Document(Base):
    """A course, or a part of one, through all its versions."""

    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("course_id", "type", "slug"),)

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("doc")
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    type: Mapped[DocumentType]
    slug: Mapped[str] = mapped_column(sa.String(80))


class Revision(Base):
    """One published version of a document; never changes."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("document_id", "number"),)

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("rev")
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"))
    number: Mapped[int]
    content_hash: Mapped[str] = mapped_column(sa.String(64), index=True)
    """SHA-256 over what learners see and the key, nothing else."""
    stored_title: Mapped[str] = mapped_column("title", sa.String(200))
    front: Mapped[dict[str, Any]]
    """The front matter as JSON; read it with `rules.fronts`, or `CaseFront` for a case.

    A case's front holds only what may be seen before answering, and the routes. HTML in it is as it
    was when published; pages take theirs from `renderings`.
    """
    words: Mapped[int] = mapped_column(default=0)
    """Words that count as reading; titles, references and authors do not."""
    published_at: Mapped[datetime]

    document: Mapped[Document] = relationship(lazy="joined", innerjoin=True)

    @hybrid_property
    def title(self) -> str:
        """The title; that of a course knows its language, so that pages mark it."""
        return mark_text(self.stored_title, language_of_front(self.front))

    @title.inplace.setter
    def _set_title(self, title: str) -> None:
        self.stored_title = title

    @title.inplace.expression
    @classmethod
    def _title_expression(cls) -> sa.ColumnElement[str]:
        return cls.stored_title.expression

    @classmethod
    def language_expression(cls) -> sa.ColumnElement[str]:
        """Return the SQL expression for the language of a course, for queries of its parts."""
        language: sa.ColumnElement[str] = cls.front["language"].as_string()
        return language

    @classmethod
    def last_day_expression(cls) -> sa.ColumnElement[str]:
        """Return the SQL expression for the last day of a course version, as an ISO date."""
        last_day: sa.ColumnElement[str] = cls.front["expires"].as_string()
        return last_day

    @classmethod
    def body_with_lists_expression(cls) -> sa.ColumnElement[str | None]:
        """Return the SQL expression for a body that includes lists; null where the source is all.

        A later release renders it again, as it was when it was published.
        """
        body: sa.ColumnElement[str | None] = cls.front["body_with_lists"].as_string()
        return body

    @classmethod
    def hazards_expression(cls) -> sa.ColumnElement[Any]:
        """Return the SQL expression for the hazards of a case, a list of slugs."""
        hazards: sa.ColumnElement[Any] = cls.front["hazards"]
        return hazards

    @classmethod
    def section_expression(cls) -> sa.ColumnElement[str]:
        """Return the SQL expression for the section that a case belongs to, by its slug."""
        section: sa.ColumnElement[str] = cls.front["section"].as_string()
        return section

    @classmethod
    def in_pool_condition(cls, pool: Pool) -> sa.ColumnElement[bool]:
        """Return the SQL condition that a case is in a pool."""
        condition: sa.ColumnElement[bool] = cls.front["pool"].as_string() == pool
        return condition


class RevisionPart(Base):
    """One of the revisions that a course revision is made of, with its position."""

    __tablename__ = "revision_parts"
    __table_args__ = (UniqueConstraint("course_revision_id", "position"),)

    id: Mapped[PrimaryKey]
    course_revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    part_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"), index=True)
    position: Mapped[int]

    part: Mapped[Revision] = relationship(foreign_keys=[part_id])


class LedgerEntry(Base):
    """What became known about a document later: a reference was checked, a card signed."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        UniqueConstraint("course_id", "series", "position"),
        Index("ix_ledger_entries_newest", "course_id", "id"),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("led")
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    series: Mapped[Series]
    position: Mapped[int]
    """Its position in its series, from 1."""
    day: Mapped[date]
    """The entry's own day; later days win, then the site's own series, then later positions."""
    about: Mapped[str] = mapped_column(sa.String(120), index=True)
    """Such as `reference:heidari-2022`."""
    type: Mapped[str] = mapped_column(sa.String(24))
    data: Mapped[dict[str, Any]]
    recorded_at: Mapped[datetime]
    actor: Mapped[Subject]
    review: Mapped[str | None] = mapped_column(sa.String(40))
    """The public id of the review on this site that it records; None for what files brought."""


class PublishEntry(Base):
    """Who published what, when and why, and which revision it replaced."""

    __tablename__ = "publish_entries"

    id: Mapped[PrimaryKey]
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"), unique=True)
    replaced_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    actor: Mapped[Subject]
    reason: Mapped[str] = mapped_column(sa.String(400))
    origin: Mapped[Origin]
    base_hash: Mapped[str] = mapped_column(sa.String(64), default="")
    """Content hash of the document's newest revision from a release; empty if there is none.

    It changes when a later release ships what this revision already says.
    """
    published_at: Mapped[datetime]


class EnrolmentState(enum.StrEnum):
    """Whether a person is taking the course now.

    A certificate completes it. Once it has ended, the person may begin the course again.
    """

    ACTIVE = "active"
    COMPLETED = "completed"
    ENDED = "ended"


class Enrolment(Base):
    """One person's enrollment in a course in one context, pinned to the revision they began."""

    __tablename__ = "enrolments"
    __table_args__ = (
        partial_unique_index(
            "uq_enrolments_active", "subject", "course_id", "context", where="state != 'ended'"
        ),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("enr")
    subject: Mapped[Subject] = mapped_column(index=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), index=True)
    context: Mapped[str] = mapped_column(sa.String(40), default=OWN)
    """Why it was begun: `self`, or the public id of an assignment."""
    course_revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    state: Mapped[EnrolmentState] = mapped_column(default=EnrolmentState.ACTIVE)
    started_at: Mapped[datetime] = mapped_column(default=current_time_default)
    ended_at: Mapped[datetime | None]

    course: Mapped[CourseRow] = relationship(lazy="joined", innerjoin=True)
    course_revision: Mapped[Revision] = relationship(lazy="joined", innerjoin=True)
    place: Mapped["ReadingPlace | None"] = relationship(uselist=False)

    @property
    def address(self) -> CourseAddress:
        """The address that the URLs of its pages hold."""
        return CourseAddress(self.course.slug, self.context)


class ReadingPlace(Base):
    """The line at which a reader left off, on whatever device: one row for each enrollment."""

    __tablename__ = "reading_places"

    id: Mapped[PrimaryKey]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), unique=True)
    section: Mapped[str] = mapped_column(sa.String(80))
    anchor: Mapped[str] = mapped_column(sa.String(160))
    """The heading or practice case above it; empty for the top of the section."""
    block: Mapped[int]
    """How many paragraphs and other blocks below that heading."""
    noted_at: Mapped[datetime]


class EnrolmentDisclosure(Base):
    """What was shown before the person enrolled, line by line and word for word."""

    __tablename__ = "enrolment_disclosures"

    id: Mapped[PrimaryKey]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), unique=True)
    lines: Mapped[list[Any]]
    """As `rules.disclosure.DisclosureLine` stores them."""
    text_hash: Mapped[str] = mapped_column(sa.String(64))
    """SHA-256 of the lines joined to one text."""
    accepted_at: Mapped[datetime]


class SectionReading(Base):
    """A section finished with "Done, continue", or a passage read again after an attempt."""

    __tablename__ = "section_readings"
    __table_args__ = (
        partial_unique_index(
            "uq_section_readings_ended",
            "enrolment_id",
            "section_id",
            "revision_id",
            where="passage = ''",
        ),
    )

    id: Mapped[PrimaryKey]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), index=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("documents.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    passage: Mapped[str] = mapped_column(sa.String(160), default="")
    """The anchor of a passage that was read again; empty for the whole section."""
    read_at: Mapped[datetime]
