"""How URLs name a course: by its slug, and by the context in which its reader is taking it."""

from __future__ import annotations

from dataclasses import dataclass

OWN = "self"
"""The context of an enrollment that its learner began for themselves."""
_FOR = "/for/"


@dataclass(frozen=True, slots=True)
class CourseAddress:
    """A course in one context: `small-course`, or `small-course/for/asg_1` for an assignment's."""

    slug: str
    context: str = OWN

    @property
    def is_without_context(self) -> bool:
        """Whether it is the address that everyone shares."""
        return self.context == OWN

    def __str__(self) -> str:
        """Return it as URLs hold it."""
        return self.slug if self.is_without_context else f"{self.slug}{_FOR}{self.context}"

    @classmethod
    def parse(cls, text: str) -> CourseAddress | None:
        """Read what `str` wrote; None for `course/for/self`, another spelling of `course`."""
        slug, _, context = text.partition(_FOR)
        return None if context == OWN else cls(slug, context or OWN)
