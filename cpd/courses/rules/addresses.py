"""What names a course in the address of a page: the course, and for whom its reader takes it."""

from __future__ import annotations

from dataclasses import dataclass

OWN = "self"
"""The context of an enrolment that its learner began for themselves."""
_FOR = "/for/"


@dataclass(frozen=True, slots=True)
class CourseAddress:
    """A course in one context: `small-course`, or `small-course/for/asg_1` for an assignment's."""

    slug: str
    context: str = OWN

    @property
    def is_own(self) -> bool:
        """Whether it is the address that everybody has in common."""
        return self.context == OWN

    def __str__(self) -> str:
        """Return it as it stands in an address."""
        return self.slug if self.is_own else f"{self.slug}{_FOR}{self.context}"

    @classmethod
    def read(cls, text: str) -> CourseAddress | None:
        """Read what `str` wrote; None for another way of writing the common address."""
        slug, _, context = text.partition(_FOR)
        return None if context == OWN else cls(slug, context or OWN)
