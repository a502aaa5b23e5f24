"""The title can be printed on certificates."""

from collections.abc import Iterator

from cpd.authoring.files.bundle import Bundle
from cpd.certificates.formats.registry import unsupported_characters
from cpd.content.frontmatter import Fault


def title_printable_on_certificates(bundle: Bundle) -> Iterator[Fault]:
    """The file of a certificate can show the title of the course, or the one for certificates."""
    file = bundle.course.file
    key = "title_on_certificate" if file.title_on_certificate else "title"
    missing = unsupported_characters(file.title_on_certificate or file.title)
    if missing:
        yield bundle.course.build_fault(
            (key,),
            f"The file of a certificate cannot show {' '.join(missing)}.",
            "Write 'title_on_certificate' in Latin, Greek, Cyrillic, Hebrew, Armenian or Georgian "
            "letters.",
        )
