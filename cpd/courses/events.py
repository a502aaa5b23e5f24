"""What happened to courses and their learners, for the rooms above."""

from dataclasses import dataclass

from cpd.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class Enrolled(Event):
    """Someone began a course."""

    enrolment_id: int

    identified_by = ("enrolment_id",)


@dataclass(frozen=True, kw_only=True)
class SectionFinished(Event):
    """A section was read to its end under an enrollment; it counts the first time."""

    enrolment_id: int
    section_id: int

    identified_by = ("enrolment_id", "section_id")


@dataclass(frozen=True, kw_only=True)
class VersionResumed(Event):
    """A version of a course that was paused goes on."""

    revision_id: int
    entry_id: int
    """Its entry in the ledger."""

    identified_by = ("revision_id", "entry_id")


@dataclass(frozen=True, kw_only=True)
class VersionWithdrawn(Event):
    """A version of a course was withdrawn for good, because it is unsafe."""

    revision_id: int
    entry_id: int
    """Its entry in the ledger."""
    reason: str

    identified_by = ("revision_id", "entry_id")


@dataclass(frozen=True, kw_only=True)
class CoursePublished(Event):
    """A course has a new version."""

    course_id: int
    revision_id: int

    identified_by = ("course_id", "revision_id")
