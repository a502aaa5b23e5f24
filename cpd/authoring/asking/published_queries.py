"""Reads of the published texts of a course, and of what reviewers here have yet to sign."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.authoring.blind.models import RequestState, Review, ReviewRequest
from cpd.authoring.blind.rules.invitations import estimate_minutes
from cpd.authoring.drafts.models import Draft, DraftState
from cpd.authoring.review.sign_offs import MARKS_PATH
from cpd.cases.mark_table import MARK_TABLE, load_mark_table_hash
from cpd.content.languages import mark_text
from cpd.courses.credit import count_reviews_here
from cpd.courses.models import CourseRow, Document, DocumentType, Revision, RevisionPart
from cpd.courses.queries import Course, find_newest_course_version
from cpd.courses.rules.reviewing import REVIEWED_TYPES, ReviewCount

PAGE = 20
"""Texts on one page."""
MARKS = "marks"
"""The type of the marks of decisions, which are no document."""
TYPES = (*REVIEWED_TYPES, MARKS, "section", "exam", "tool", "figure", "reference", "glossary")
"""What can be reviewed, in the order of the page; what credit rests on comes first."""


@dataclass(frozen=True)
class TextToReview:
    """A published text that nobody here has signed yet."""

    name: str
    """Such as `case:mina`."""
    type: str
    title: str
    """Empty for the marks of decisions."""
    signed_elsewhere: str
    """Whose signature came with the files; it is not one of this site."""
    asked_count: int
    """How many reviewers are asked about it now."""
    reviews_of: str
    """The public id of the draft on which its reviews hang; empty if there are none."""

    @property
    def minutes(self) -> int:
        """About how long it takes to review."""
        return estimate_minutes([self.type == DocumentType.CASE])


@dataclass(frozen=True)
class TextsToReview:
    """One page of the texts of a course that are not reviewed here yet."""

    course: Course
    count: ReviewCount
    texts: Sequence[TextToReview]
    by_type: Mapping[str, int]
    """How many of each type are left."""
    page: int
    pages: int


def find_texts_to_review(
    session: Session, row: CourseRow, *, type_: str, page: int, only: Collection[str] = ()
) -> TextsToReview | None:
    """Return one page of what is not reviewed here yet, of one type or of all.

    With the names of some texts, it is only these, all on one page.

    None past the end, and for a course that is not published.
    """
    course = find_newest_course_version(session, row.slug, None)
    if course is None:
        return None
    left = [
        (name, title, content_hash)
        for name, title, content_hash in _find_published_texts(session, course.revision)
        if (name, content_hash) not in course.ledger.signed_here
    ]
    by_type = {one: sum(name.startswith(f"{one}:") for name, *_ in left) for one in TYPES}
    shown = [
        text
        for text in left
        if (text[0] in only if only else not type_ or text[0].startswith(f"{type_}:"))
    ]
    size = len(only) or PAGE
    pages = max(-(-len(shown) // size), 1)
    if not 1 <= page <= pages or type_ not in ("", *TYPES):
        return None
    of_page = shown[(page - 1) * size : page * size]
    return TextsToReview(
        course=course,
        count=count_reviews_here(course),
        texts=_build_texts(session, course, of_page),
        by_type={one: count for one, count in by_type.items() if count},
        page=page,
        pages=pages,
    )


def _find_published_texts(session: Session, revision: Revision) -> list[tuple[str, str, str]]:
    """Return name, title and content hash of every part of a version, and of the marks."""
    rows = session.execute(
        sa.select(Document.type, Document.slug, Revision.stored_title, Revision.content_hash)
        .join(Revision, Revision.document_id == Document.id)
        .join(RevisionPart, RevisionPart.part_id == Revision.id)
        .where(RevisionPart.course_revision_id == revision.id)
        .order_by(RevisionPart.position)
    )
    parts = [(type_.value, slug, title, hash_) for type_, slug, title, hash_ in rows]
    parts.append((MARKS, MARK_TABLE.partition(":")[2], "", load_mark_table_hash()))
    parts.sort(key=lambda part: TYPES.index(part[0]))
    return [(f"{type_}:{slug}", title, hash_) for type_, slug, title, hash_ in parts]


def _build_texts(
    session: Session, course: Course, of_page: Sequence[tuple[str, str, str]]
) -> list[TextToReview]:
    asked = _find_requests_by_text(session, course)
    return [
        TextToReview(
            name=name,
            type=name.partition(":")[0],
            title=mark_text(title, course.outline.course.front.language),
            signed_elsewhere=course.ledger.signer(name, content_hash),
            asked_count=asked.get((name, content_hash), (0, ""))[0],
            reviews_of=asked.get((name, content_hash), (0, ""))[1],
        )
        for name, title, content_hash in of_page
    ]


def _find_requests_by_text(
    session: Session, course: Course
) -> Mapping[tuple[str, str], tuple[int, str]]:
    """Return how many reviewers are asked about each published text, and on which draft."""
    is_open = sa.and_(ReviewRequest.state == RequestState.OPEN, Review.handed_back_at.is_(None))
    rows = session.execute(
        sa.select(
            Document.type,
            Document.slug,
            sa.func.coalesce(Revision.content_hash, Draft.text_hash),
            Draft.public_id,
            sa.func.count(ReviewRequest.id).filter(is_open),
        )
        .select_from(Draft)
        .outerjoin(Revision, Revision.id == Draft.base_revision_id)
        .outerjoin(Document, Document.id == Revision.document_id)
        .outerjoin(Review, Review.draft_id == Draft.id)
        .outerjoin(ReviewRequest, ReviewRequest.id == Review.request_id)
        .where(
            Draft.course_id == course.revision.document.course_id,
            Draft.state == DraftState.STANDING,
            sa.or_(Draft.base_revision_id.is_not(None), Draft.path == MARKS_PATH),
        )
        .group_by(Draft.id, Document.id, Revision.id)
        .order_by(Draft.id)
    )
    return {
        (f"{type_.value}:{slug}" if type_ else MARK_TABLE, hash_): (count, public_id)
        for type_, slug, hash_, public_id, count in rows
    }
