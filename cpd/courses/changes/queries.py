"""What the newest version of a course changed for somebody who takes an older one."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from cpd.courses import queries
from cpd.courses.queries import Course
from cpd.courses.rules import changing
from cpd.courses.rules.version_changes import Change
from cpd.kernel.memory import LruCache


@dataclass(frozen=True)
class Update:
    """The newest version, and what is new in it."""

    course: Course
    changes: tuple[Change, ...]

    @property
    def cards(self) -> Mapping[str, Change]:
        """The safety topics that changed, by their names."""
        return {one.part.slug: one for one in self.changes if one.type == "hazard"}

    @property
    def others(self) -> tuple[Change, ...]:
        """What else changed."""
        return tuple(one for one in self.changes if one.type != "hazard")


_changes: LruCache[tuple[str, str], tuple[Change, ...]] = LruCache(64)
"""By the public ids of the older and the newer version."""


def update_of(session: Session, of: Course) -> Update | None:
    """Return what is newer than what a reader takes; None for whoever has the newest version."""
    newest = None if of.is_newest else queries.newest_version(session, of.slug, of.enrolment)
    if newest is None:
        return None
    key = (of.revision.public_id, newest.revision.public_id)
    known = _changes.get(key)
    if known is None:
        cards = changing.cards_that_differ(of.outline, newest.outline)
        html = queries.texts_of(session, cards)
        known = _changes.put(key, changing.changes(of.outline, newest.outline, html))
    return Update(newest, known)
