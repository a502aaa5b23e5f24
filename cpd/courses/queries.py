"""Reads of courses: one course as its reader has it, with the outline and the ledger."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.cases.mark_table import RuleSigners
from cpd.courses import hooks, ledgers, outlines, renderings
from cpd.courses.ledgers import Ledger
from cpd.courses.models import (
    CourseRow,
    Document,
    DocumentType,
    Enrolment,
    EnrolmentState,
    LedgerEntry,
    Revision,
)
from cpd.courses.rules.addresses import OWN, CourseAddress
from cpd.courses.rules.expiry import Expiry, build_expiry
from cpd.courses.rules.ledger import Stop
from cpd.courses.rules.outline import Outline, Part
from cpd.courses.visibility import Viewer, build_viewer_and_values, visible_courses_condition


@dataclass(frozen=True)
class Course:
    """A course as one reader sees it: the version they enrolled in, or else the newest."""

    revision: Revision
    outline: Outline
    ledger: Ledger
    enrolment: Enrolment | None
    is_newest: bool = True
    """False where a newer version than this has been published."""
    context: str = OWN
    assigned: hooks.AssignedCourse | None = None
    """The assignment under which its reader has not begun it yet."""

    @property
    def is_newer_than_enrolled(self) -> bool:
        """Whether this is a newer version than the reader is taking, shown at their request."""
        own = self.enrolment
        return own is not None and own.course_revision_id != self.revision.id

    @property
    def is_over(self) -> bool:
        """Whether the enrollment has ended, so that the reader can no longer open its pages."""
        return self.enrolment is not None and self.enrolment.state is EnrolmentState.ENDED

    @property
    def stop(self) -> Stop | None:
        """How this version is stopped for safety, or None if it is not."""
        return self.ledger.stop_of(self.revision)

    def expiry_at(self, now: datetime) -> Expiry:
        """Return how the last day of this version is to be seen now."""
        return build_expiry(self.outline.course.front.expires, now)

    @property
    def signers(self) -> Mapping[str, str]:
        """Who signed each text that decisions rest on, by its name in the ledger."""
        return {
            name: signer
            for name, content_hash in self.outline.texts_to_review
            if (signer := self.ledger.signer(name, content_hash))
        }

    @property
    def in_view(self) -> hooks.VersionInView:
        """What other rooms are asked about."""
        return hooks.VersionInView(
            self.revision, self.outline, self.ledger, self.enrolment, self.address
        )

    def find_rule_signers(self, case_id: str) -> RuleSigners:
        """Return who signed the critical rules of a case."""
        return RuleSigners.of_case(case_id, self.signers)

    @property
    def slug(self) -> str:
        """The name of the course in URLs."""
        return self.revision.document.slug

    @property
    def address(self) -> CourseAddress:
        """The address that the URLs of this reader's pages of the course hold."""
        return CourseAddress(self.slug, self.context)


# One course


def find_course(session: Session, actor: Actor, slug: str, context: str = OWN) -> Course | None:
    """Return a course in the version the actor is enrolled in, or else in the newest one.

    In a context other than `self`, a course exists only for someone who is enrolled in it or to
    whom it is assigned.
    """
    if actor.is_signed_in:
        named = {"subject": actor.subject, "slug": slug, "context": context}
        own = session.execute(_select_own_enrolment(), named).one_or_none()
        if own is not None:
            enrolment, entry, newest = own
            pinned = enrolment.course_revision
            (course,) = load_courses(session, [(pinned, entry, enrolment)])
            return replace(course, is_newest=pinned.number == newest)
        if context != OWN:
            return _find_assigned_course(session, actor, CourseAddress(slug, context))
    if context != OWN:
        return None
    viewer, values = build_viewer_and_values(actor)
    row = session.execute(
        _select_newest_visible_revision(viewer), {**values, "slug": slug}
    ).one_or_none()
    return None if row is None else load_courses(session, [(*row, None)])[0]


def _find_assigned_course(session: Session, actor: Actor, address: CourseAddress) -> Course | None:
    """Return the newest version of a course that is assigned to the actor, visible or not."""
    assigned = next(filter(None, hooks.assigned_courses(session, actor, address)), None)
    course = find_newest_course_version(session, address.slug, None) if assigned else None
    if course is None:
        return None
    return replace(course, context=address.context, assigned=assigned)


def find_course_of_enrolment(session: Session, enrolment: Enrolment) -> Course:
    """Return a course as it was taken under an enrollment, even one that has ended.

    This is for what a learner keeps, such as results: it does not matter whether they may still
    find the course.
    """
    entry = session.scalar(_select_newest_ledger_entry_of_course(), {"course": enrolment.course_id})
    return load_courses(session, [(enrolment.course_revision, entry, enrolment)])[0]


def find_course_in_version(session: Session, revision: Revision) -> Course:
    """Return a course in one of its versions, with what its ledger says now, no matter who asks."""
    course_id = revision.document.course_id
    entry = session.scalar(_select_newest_ledger_entry_of_course(), {"course": course_id})
    return load_courses(session, [(revision, entry, None)])[0]


def find_newest_course_version(
    session: Session, slug: str, enrolment: Enrolment | None
) -> Course | None:
    """Return the newest version of a course to someone who is taking an older one."""
    row = session.execute(_select_newest_revision_of_course(), {"slug": slug}).one_or_none()
    return None if row is None else load_courses(session, [(*row, enrolment)])[0]


def find_newest_course_revision(
    session: Session, actor: Actor | None, slug: str
) -> Revision | None:
    """Return the newest version of a course, even to someone who is taking an older one.

    Without an actor, it does not matter who may find the course: it was assigned.
    """
    newest = select_newest_revisions().where(CourseRow.slug == slug)
    if actor is not None:
        newest = newest.where(visible_courses_condition(actor))
    return session.scalar(newest)


def find_course_row(session: Session, slug: str) -> CourseRow | None:
    """Return the row of a course, no matter who asks."""
    return session.scalar(sa.select(CourseRow).where(CourseRow.slug == slug))


def load_courses(
    session: Session, rows: Sequence[tuple[Revision, str | None, Enrolment | None]]
) -> list[Course]:
    """Return courses with their outlines and ledgers, both cached; two queries at most.

    Each row is a revision, the public id of the newest ledger entry, and an enrollment.
    """
    outlines_by_revision = outlines.load_outlines(session, [revision for revision, _, _ in rows])
    ledgers_by_course = ledgers.load_ledgers(
        session, {revision.document.course_id: entry for revision, entry, _ in rows}
    )
    return [
        Course(
            revision,
            outlines_by_revision[revision.id],
            ledgers_by_course[revision.document.course_id],
            enrolment,
            context=OWN if enrolment is None else enrolment.context,
        )
        for revision, _, enrolment in rows
    ]


# Statements; built once, because building one takes longer than running it


@cache
def select_newest_revisions() -> sa.Select[Revision]:
    """Select the newest revision of each course."""
    newer = sa.orm.aliased(Revision)
    return (
        sa.select(Revision)
        .join(Revision.document)
        .join(CourseRow, CourseRow.id == Document.course_id)
        .where(
            Document.type == DocumentType.COURSE,
            ~sa.exists().where(
                newer.document_id == Revision.document_id, newer.number > Revision.number
            ),
        )
        .options(sa.orm.contains_eager(Revision.document))
    )


def select_same_versions(revision_id: int) -> sa.Select[int]:
    """Select the ids of all versions of a course with the text of this one."""
    this = sa.orm.aliased(Revision)
    return (
        sa.select(Revision.id)
        .join(
            this,
            sa.and_(
                this.document_id == Revision.document_id,
                this.content_hash == Revision.content_hash,
            ),
        )
        .where(this.id == revision_id)
    )


def select_with_newest_ledger_entry(courses: sa.Select[Any]) -> sa.Select[Any]:
    """Add the newest ledger entry of each selected course: a ledger only grows."""
    return courses.add_columns(_select_newest_ledger_entry())


@cache
def _select_newest_ledger_entry() -> sa.ScalarSelect[str]:
    newest = sa.select(LedgerEntry.public_id).where(LedgerEntry.course_id == CourseRow.id)
    newest = newest.order_by(LedgerEntry.id.desc()).limit(1)
    return newest.correlate(CourseRow).scalar_subquery()


@cache
def _select_newest_ledger_entry_of_course() -> sa.Select[str]:
    """Select the newest entry in the ledger of a `course`."""
    return (
        sa.select(_select_newest_ledger_entry())
        .select_from(CourseRow)
        .where(CourseRow.id == sa.bindparam("course"))
    )


@cache
def _select_own_enrolment() -> sa.Select[Any]:
    """Select the present enrollment of a `subject` in the course of a `slug`, in a `context`."""
    mine = _select_present_enrolments_of_everyone().where(
        Enrolment.subject == sa.bindparam("subject"),
        CourseRow.slug == sa.bindparam("slug"),
        Enrolment.context == sa.bindparam("context"),
    )
    number = (
        sa.select(sa.func.max(Revision.number))
        .join(Revision.document)
        .where(Document.course_id == CourseRow.id, Document.type == DocumentType.COURSE)
    )
    return select_with_newest_ledger_entry(mine).add_columns(
        number.correlate(CourseRow).scalar_subquery()
    )


@cache
def _select_newest_revision_of_course() -> sa.Select[Any]:
    """Select the newest revision of the course of a `slug`."""
    return select_with_newest_ledger_entry(
        select_newest_revisions().where(CourseRow.slug == sa.bindparam("slug"))
    )


@cache
def _select_newest_visible_revision(viewer: Viewer) -> sa.Select[Any]:
    """Select the newest revision of the course of a `slug`, if the viewer may find it."""
    return _select_newest_revision_of_course().where(viewer.visibility_condition)


# Enrollments


def find_present_enrolment(
    session: Session, actor: Actor, slug: str, context: str = OWN
) -> Enrolment | None:
    """Return the actor's present enrollment in a course in one context; a visitor has none."""
    named = select_present_enrolments(actor).where(
        CourseRow.slug == slug, Enrolment.context == context
    )
    return session.scalar(named)


def select_present_enrolments(actor: Actor) -> sa.Select[Enrolment]:
    """Select the actor's enrollments that have not ended."""
    return _select_present_enrolments_of_everyone().where(Enrolment.subject == actor.subject)


@cache
def _select_present_enrolments_of_everyone() -> sa.Select[Enrolment]:
    return (
        sa.select(Enrolment)
        .join(Enrolment.course)
        .where(Enrolment.state != EnrolmentState.ENDED)
        .options(sa.orm.contains_eager(Enrolment.course), sa.orm.joinedload(Enrolment.place))
    )


# Texts


def find_revision_of_part(session: Session, part: Part) -> Revision:
    """Return the stored revision of a part."""
    return session.get_one(Revision, part.revision_id)


def find_html_of_part(session: Session, part: Part) -> str:
    """Return the HTML of a part."""
    return find_html_of_parts(session, [part])[part.revision_id]


def find_html_of_parts(session: Session, parts: Iterable[Part]) -> dict[int, str]:
    """Return the HTML of parts by revision id, with one query."""
    return renderings.find_html_of_revisions(session, [part.revision_id for part in parts])
