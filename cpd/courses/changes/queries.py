"""What the newest version of a course changed, for learners who are taking an older one."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from cpd.courses import queries
from cpd.courses.queries import Course
from cpd.courses.rules import version_changes
from cpd.courses.rules.version_changes import Change, HazardCardChange
from cpd.kernel.memory import LruCache


@dataclass(frozen=True)
class Changes:
    """What differs between two versions of a course."""

    hazard_cards: tuple[HazardCardChange, ...]
    others: tuple[Change, ...]


@dataclass(frozen=True)
class Update:
    """The newest version, and what is new in it.

    Readers keep the version that they began; this tells them what they miss.
    """

    course: Course
    changes: Changes

    @property
    def has_visible_changes(self) -> bool:
        """Whether anything that learners read has changed."""
        return bool(self.changes.hazard_cards or self.changes.others)

    @property
    def hazard_changes_by_slug(self) -> Mapping[str, HazardCardChange]:
        """The safety topics that changed, by their slugs."""
        return {change.part.slug: change for change in self.changes.hazard_cards}

    @property
    def other_changes(self) -> tuple[Change, ...]:
        """What else changed."""
        return self.changes.others


_changes: LruCache[tuple[str, str], Changes] = LruCache(64)
"""By the public ids of the older and the newer version."""


def find_course_update(session: Session, course: Course) -> Update | None:
    """Return what is newer than the version a reader is taking; None if theirs is the newest."""
    if course.is_newest:
        return None
    newest = queries.find_newest_course_version(session, course.slug, course.enrolment)
    if newest is None:
        return None
    key = (course.revision.public_id, newest.revision.public_id)
    known = _changes.get(key)
    if known is None:
        old, new = course.outline, newest.outline
        html = queries.find_html_of_parts(session, version_changes.differing_hazard_cards(old, new))
        cards = version_changes.compare_hazard_cards(old, new, html)
        known = _changes.put(key, Changes(cards, version_changes.compare_other_parts(old, new)))
    return Update(newest, known)
