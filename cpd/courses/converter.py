"""How addresses of pages name a course: `<course:address>` stands for a `CourseAddress`."""

from urllib.parse import quote

from werkzeug.routing import BaseConverter, ValidationError

from cpd.courses.rules.addresses import CourseAddress


class CourseConverter(BaseConverter):
    """Reads `small-course` and `small-course/for/asg_1`, and writes them; a bare name will do."""

    regex = "[^/]+(?:/for/[^/]+)?"
    part_isolating = False

    def to_python(self, value: str) -> CourseAddress:
        """Return the course and its context."""
        address = CourseAddress.read(value)
        if address is None:
            raise ValidationError
        return address

    def to_url(self, value: CourseAddress | str) -> str:
        """Return it as it stands in an address."""
        return quote(str(value))
