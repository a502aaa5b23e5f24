"""What practice cases are about, to recommend them; reads the database."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from cpd.courses import outlines
from cpd.courses.models import Revision
from cpd.kernel.memory import LruCache
from cpd.quizzes.practice.queries import find_practice_texts


@dataclass(frozen=True)
class PracticeTopic:
    """Where a practice case is and which safety topics it is about, to recommend it."""

    slug: str
    title: str
    section: str
    hazards: tuple[str, ...]


_topics: LruCache[str, tuple[PracticeTopic, ...]] = LruCache(64)


def find_practice_topics(session: Session, course_revision: Revision) -> tuple[PracticeTopic, ...]:
    """Return the topics of all practice cases of a version, in its order; cached."""
    cached = _topics.get(course_revision.public_id)
    if cached is not None:
        return cached
    hazards = {
        text.document_id: text.front.hazards
        for text in find_practice_texts(session, course_revision.id)
    }
    outline = outlines.load_outline(session, course_revision)
    topics = tuple(
        PracticeTopic(case.slug, case.title, section.slug, hazards[case.document_id])
        for section in outline.sections
        for case in outline.practice[section.slug]
    )
    return _topics.put(course_revision.public_id, topics)


def find_hazards_with_practice(session: Session, course_revision: Revision) -> frozenset[str]:
    """Return the hazards on which a version has at least one practice case."""
    topics = find_practice_topics(session, course_revision)
    return frozenset(hazard for topic in topics for hazard in topic.hazards)
