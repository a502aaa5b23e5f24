"""What publishing a course did, or why it was refused."""

from collections.abc import Sequence
from dataclasses import dataclass

from cpd.content.frontmatter import Fault
from cpd.courses.models import Channel


class PublishRefusedError(Exception):
    """The course cannot be published; `faults` say why, with file, line and remedy."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in faults))


class ApprovalLostError(PublishRefusedError):
    """The version would no longer match an approval on file."""


class NameTakenError(Exception):
    """A course of another owner has this name on the site."""


class CourseMovedError(Exception):
    """Another version of the course was published in the meantime."""


class ExportRefusedError(Exception):
    """The course cannot be written to files; the text says why and what to do."""


@dataclass(frozen=True)
class PublishedRevision:
    """One new revision: the file it came from, its number, and the number it replaced."""

    name: str
    path: str
    public_id: str
    number: int
    replaced: int | None


@dataclass(frozen=True)
class PublishReport:
    """What publishing a folder did."""

    course: str
    course_revision: str
    """Public id of the newest revision of the course, new or not."""
    published: tuple[PublishedRevision, ...]
    unchanged: int
    edited_only: tuple[str, ...]
    """Files whose text changed, but not in what learners see or in the key."""
    ledger_added: int
    channel: Channel
    """Whether the course follows its releases from now on."""

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing new."""
        return not self.published and not self.ledger_added
