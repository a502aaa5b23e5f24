"""What happened to courses and their learners, for the rooms above."""

from dataclasses import dataclass

from cpd.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class Enrolled(Event):
    """Someone began a course."""

    enrolment_id: int

    @property
    def key(self) -> str:
        """An enrollment begins once."""
        return f"{self.enrolment_id}"


@dataclass(frozen=True, kw_only=True)
class SectionFinished(Event):
    """A section was read to its end under an enrollment; it counts the first time."""

    enrolment_id: int
    section_id: int

    @property
    def key(self) -> str:
        """Name the enrollment and the section."""
        return f"{self.enrolment_id}/{self.section_id}"


@dataclass(frozen=True, kw_only=True)
class CoursePublished(Event):
    """A course has a new version."""

    course_id: int
    revision_id: int

    @property
    def key(self) -> str:
        """Name the course and the version."""
        return f"{self.course_id}/{self.revision_id}"
