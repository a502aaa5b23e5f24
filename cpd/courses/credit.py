"""What keeps a course at "for study; no CE credit", read from its ledger and its approvals."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from cpd.courses import hooks
from cpd.courses.queries import Course
from cpd.courses.rules import reading
from cpd.courses.rules.reading import Missing
from cpd.courses.rules.reviewing import ReviewCount, build_review_count


def find_missing_for_credit(
    session: Session, courses: Sequence[Course]
) -> dict[int, tuple[Missing, ...]]:
    """Say, by course revision id, what keeps each course at "for study; no CE credit"."""
    approved = frozenset().union(
        *hooks.approved_for_credit(session, [course.revision for course in courses])
    )
    return {
        course.revision.id: reading.missing_for_credit(
            is_approved=course.revision.id in approved,
            is_signed=_is_course_signed_off(course),
            is_reviewed=is_reviewed_here(course),
        )
        for course in courses
    }


def is_reviewed_here(course: Course) -> bool:
    """Tell whether reviewers of this site have signed everything that credit rests on.

    Without it a course earns no credit, whoever else has signed it.
    """
    return count_reviews_here(course).is_complete


def count_reviews_here(course: Course) -> ReviewCount:
    """Count what reviewers of this site have signed in this version of a course."""
    return build_review_count(course.outline.texts_to_review, course.ledger.signed_here)


def _is_course_signed_off(course: Course) -> bool:
    return bool(course.ledger.signer(f"course:{course.slug}", course.revision.content_hash))
