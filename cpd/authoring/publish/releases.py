"""What the present release ships, held against the courses that stand here.

A course that follows its releases gets a newer text at the start. One that is edited here is left
as it is, and the newer text is an offer (`offers.py`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path

from sqlalchemy.orm import Session

from cpd.authoring.publish import queries
from cpd.authoring.sources import disk as folders
from cpd.authoring.sources.disk import LEDGER, LEDGERS
from cpd.courses import queries as courses
from cpd.courses.models import PROVIDER, Channel, CourseRow, Revision
from cpd.courses.rules.ledger import Series


@dataclass(frozen=True)
class Release:
    """A course of the present release, and what stands here in its place."""

    folder: Path
    slug: str
    """Its name on this site: another than the folder's where that was taken."""
    course: CourseRow | None
    revision: Revision | None
    """The newest version here."""
    here: Mapping[str, str]
    """The files of that version by their path, with both ledgers."""

    @cached_property
    def shipped(self) -> Mapping[str, str]:
        """The files as the release has them, under the course's name on this site."""
        return folders.release(self.slug)

    @property
    def here_as_shipped(self) -> Mapping[str, str]:
        """The files here without the site's own ledger, which no release has."""
        own = LEDGERS[Series.HERE]
        return {path: text for path, text in self.here.items() if path != own}

    @property
    def is_followed(self) -> bool:
        """Whether a start publishes it: nobody published a text of their own here."""
        if self.course is None:
            return self.slug == self.folder.name
        return self.course.channel is Channel.SHIPPED

    @property
    def is_settled(self) -> bool:
        """Whether it stands here just as it ships, so that a start has nothing to do or to say."""
        return self.is_followed and self.here_as_shipped == self.shipped

    @property
    def is_ledger_kept(self) -> bool:
        """Whether the ledger here holds what the release's does not, or words it otherwise."""
        return not self.shipped.get(LEDGER, "").startswith(self.here.get(LEDGER, ""))


def of_library(session: Session) -> list[Release]:
    """Return every course of the present release."""
    return [_release(session, folder) for folder in folders.shipped()]


def is_library_settled(session: Session) -> bool:
    """Tell whether every shipped course stands here just as it ships."""
    return all(one.is_settled for one in of_library(session))


def _release(session: Session, folder: Path) -> Release:
    slug, course = _standing(session, folder.name)
    revision = queries.newest_course(session, slug) if course else None
    here = queries.files(session, revision) if revision else {}
    return Release(folder, slug, course, revision, here)


def _standing(session: Session, shipped: str) -> tuple[str, CourseRow | None]:
    """Return the course that came from the release, else the first name that is free for it."""
    return next(
        (slug, course)
        for slug in names(shipped)
        if (course := courses.course_row(session, slug)) is None or _is_edition(session, course)
    )


def _is_edition(session: Session, course: CourseRow) -> bool:
    """Tell whether a course follows its releases, or was made from one."""
    if course.owner != PROVIDER:
        return False
    return course.channel is Channel.SHIPPED or queries.came_from_release(session, course)


def names(slug: str) -> Iterator[str]:
    """Yield a name, then the same with a number: `heat`, `heat-2`, `heat-3`."""
    yield slug
    yield from (f"{slug}-{number}" for number in count(2))


def free_name(session: Session, slug: str) -> str:
    """Return the first of these names that no course has."""
    return next(one for one in names(slug) if courses.course_row(session, one) is None)
