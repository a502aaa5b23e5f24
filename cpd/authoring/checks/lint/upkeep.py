"""Sources, figures, the ledger, the date of the next review, and what certificates print."""

import itertools
from collections.abc import Iterator
from datetime import timedelta

from cpd.authoring.checks import numbers
from cpd.authoring.files.bundle import Bundle
from cpd.certificates.formats.registry import unsupported_characters
from cpd.content.frontmatter import Fault, Path

_REVIEW_YEARS = timedelta(days=3 * 366)


def sections_cite_nothing_retracted(bundle: Bundle) -> Iterator[Fault]:
    """A retracted source in a section is shown struck through; make sure that this is intended."""
    for section in bundle.sections:
        for key in section.body.cites:
            if bundle.reference_status(key) == "retracted":
                yield section.build_fault(
                    None,
                    f"'{key}' is cited but was retracted.",
                    "Say so in the text, or remove the citation.",
                    f"@{key}",
                )


def references_used(bundle: Bundle) -> Iterator[Fault]:
    """A reference that nothing cites is not needed."""
    cited = numbers.citing_file_names_by_reference(bundle)
    for reference in bundle.references:
        if not cited.get(reference.slug):
            yield reference.build_fault(
                ("id",), "Nothing cites this reference.", "Cite or remove it."
            )


def figures_used(bundle: Bundle) -> Iterator[Fault]:
    """A figure that no page shows is never seen."""
    shown = {str(link) for part in bundle.parts for link in part.body.links}
    for figure in bundle.figures:
        if figure.name not in shown:
            yield figure.build_fault(
                ("id",), "No page shows this figure.", f"Write ![]({figure.name}) or remove it."
            )


def pictures_used(bundle: Bundle) -> Iterator[Fault]:
    """A picture that no text shows is not exported."""
    shown = {
        str(link)
        for part in bundle.course_and_parts
        for _, text in part.paths_and_rendered_texts
        for link in text.links
    }
    for name in bundle.media:
        if f"media:{name}" not in shown:
            yield Fault(
                f"media/{name}.webp",
                1,
                "No text shows this picture.",
                f"Write ![what it shows](media:{name}) or remove it.",
            )


def ledger_in_order(bundle: Bundle) -> Iterator[Fault]:
    """The newest entry of a ledger counts, wherever it is; a day out of order may be a mistake."""
    for part in bundle.ledgers.values():
        for position, (before, entry) in enumerate(itertools.pairwise(part.entries), 1):
            if entry.on < before.on:
                yield Fault(
                    part.source.places.file,
                    part.source.places.locate_line(("entries", position, "on")),
                    "The entry is older than the one before it.",
                    "Check its date: the newest entry applies, wherever it is in the file.",
                )


def review_in_time(bundle: Bundle) -> Iterator[Fault]:
    """Accreditors ask for a review at least every three years."""
    file = bundle.course.file
    if file.expires - (file.reviewed or file.released) > _REVIEW_YEARS:
        yield bundle.course.build_fault(
            ("expires",),
            "The course runs more than three years without a review.",
            "Let it expire earlier.",
        )


def authors_printable_on_certificates(bundle: Bundle) -> Iterator[Fault]:
    """Files of certificates wait for fonts that show every letter of authors and subjects."""
    file = bundle.course.file
    printed: list[tuple[Path, str]] = [
        *((("subject", place), text) for place, text in enumerate(file.subject)),
        *(
            (("authors", place, key), text)
            for place, author in enumerate(file.authors)
            for key, text in (
                ("name", author.name),
                ("credentials", author.credentials),
                ("role", author.role),
            )
        ),
    ]
    for path, text in printed:
        missing = unsupported_characters(text)
        if missing:
            yield bundle.course.build_fault(
                path,
                f"The file of a certificate cannot show {' '.join(missing)}.",
                "Write it in Latin letters, or install fonts: until then no file can be made.",
            )
