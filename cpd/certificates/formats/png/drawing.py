"""Drawing the page of a certificate as a picture. Needs the `pdf` extra."""

from cpd.certificates.formats.format import LettersMissingError
from cpd.certificates.formats.pdf import page, typesetting
from cpd.certificates.rules.record import Record

PIXELS_PER_INCH = 120


def draw_certificate(record: Record) -> bytes:
    """Return the page as a PNG; raises what `page.build_certificate_pdf` raises."""
    printed = page.build_normalized_facts(record)
    missing = page.unsupported_characters("".join(printed.values()))
    if missing:
        raise LettersMissingError(missing)
    data = page.build_template_data(record.parsed_facts, printed, record)
    source = page.load_template_source(page.TEMPLATE)
    return typesetting.draw_template_as_png(source, data, pixels_per_inch=PIXELS_PER_INCH)
