"""What the current release ships, compared with the courses on this site.

A course that follows its releases gets newer text when the site starts. A course that is edited
here stays as it is, and the newer text is an offer (`offers.py`).
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
from cpd.config import current_settings
from cpd.courses import queries as courses
from cpd.courses.models import PROVIDER, Channel, CourseRow, Revision
from cpd.courses.rules.ledger import Series


@dataclass(frozen=True)
class Release:
    """A course of the current release, and the course on this site that corresponds to it."""

    folder: Path
    slug: str
    """Its name on this site, which differs from the folder's if that was taken."""
    course: CourseRow | None
    revision: Revision | None
    """The newest version on this site."""
    here: Mapping[str, str]
    """The files of that version by their path, with both ledgers."""

    @cached_property
    def shipped_files(self) -> Mapping[str, str]:
        """The files as the release has them, under the course's name on this site."""
        return folders.read_release_files(self.slug)

    @property
    def files_here_without_own_ledger(self) -> Mapping[str, str]:
        """The files here without the site's own ledger, which no release has."""
        own = LEDGERS[Series.HERE]
        return {path: text for path, text in self.here.items() if path != own}

    @property
    def does_course_follow_release(self) -> bool:
        """Whether a start publishes it, because nobody published their own text here."""
        if self.course is None:
            return self.slug == self.folder.name
        return self.course.channel is Channel.SHIPPED

    @property
    def is_up_to_date(self) -> bool:
        """Whether the site has it exactly as shipped, so that a start has nothing to do."""
        return (
            self.does_course_follow_release
            and self.files_here_without_own_ledger == self.shipped_files
        )

    @property
    def has_own_ledger_entries(self) -> bool:
        """Whether the ledger here has entries that the release's lacks or words differently."""
        return not self.shipped_files.get(LEDGER, "").startswith(self.here.get(LEDGER, ""))


def find_shipped_releases(session: Session) -> list[Release]:
    """Return every course of the current release; none if this site leaves them out."""
    if not current_settings().shipped_courses:
        return []
    return [_find_release_of_folder(session, folder) for folder in folders.shipped_course_folders()]


def is_library_up_to_date(session: Session) -> bool:
    """Return whether the site has every shipped course exactly as shipped."""
    return all(release.is_up_to_date for release in find_shipped_releases(session))


def _find_release_of_folder(session: Session, folder: Path) -> Release:
    slug, course = _find_slug_and_course_of_release(session, folder.name)
    revision = queries.find_newest_course_revision(session, slug) if course else None
    here = queries.find_published_files(session, revision) if revision else {}
    return Release(folder, slug, course, revision, here)


def _find_slug_and_course_of_release(
    session: Session, shipped: str
) -> tuple[str, CourseRow | None]:
    """Return the name and the course that came from the release, or the first free name for it."""
    return next(
        (slug, course)
        for slug in numbered_slugs(shipped)
        if (course := courses.find_course_row(session, slug)) is None
        or _is_course_from_release(session, course)
    )


def _is_course_from_release(session: Session, course: CourseRow) -> bool:
    """Return whether a course follows its releases, or began as one."""
    if course.owner != PROVIDER:
        return False
    return course.channel is Channel.SHIPPED or queries.has_course_release_text(session, course)


def numbered_slugs(slug: str) -> Iterator[str]:
    """Yield a name, then the name with numbers: `heat`, `heat-2`, `heat-3`."""
    yield slug
    yield from (f"{slug}-{number}" for number in count(2))


def find_free_course_slug(session: Session, slug: str) -> str:
    """Return the first numbered name that no course has."""
    return next(
        name for name in numbered_slugs(slug) if courses.find_course_row(session, name) is None
    )
