"""What the letter says: what the certificate states, and that the certificate is what counts."""

from collections.abc import Mapping

from cpd.certificates.formats.pdf import page
from cpd.certificates.rules.record import Record

TITLE = "Letter of confirmation"
LABELS: Mapping[str, str] = {
    "course": "Title of the course",
    "completed": "Completed",
    "marker": "Hours",
    "credit": "About the hours",
    "reading": "Reading time",
    "activity": "Type of course",
    "place": "Place",
    "subjects": "Subjects",
    "issued_for": "Issued for",
    "licences": "License, as stated by the holder",
    "provider_number": "Provider number",
    "course_number": "Course number",
    "instructor": "Instructor",
    "authors": "Written by",
    "issued_at": "Certificate issued",
}
"""The facts in the letter, in their order."""
CLOSING = (
    "The certificate whose code is below is what counts. This letter repeats what it states, for "
    "those who ask for a letter."
)
CHECK = "Anyone can check the certificate at"


def build_letter_pdf(record: Record) -> bytes:
    """Return the letter for a signed record; raises what `page.build_certificate_pdf` raises."""
    printed = page.build_normalized_facts(record)
    data = page.build_template_data(record.parsed_facts, printed, record)
    letter = {
        "title": TITLE,
        "opening": f"We confirm that {printed['name']} {printed['statement']}.",
        "facts": [[label, printed[name]] for name, label in LABELS.items() if name in printed],
        "closing": CLOSING,
        "signed": [line for line in printed.get("signatories", "").split("; ") if line],
    }
    heading = {
        "document": f"{TITLE}: {printed['name']}, {printed['course']}",
        "contact": printed.get("contact", ""),
        "check": CHECK,
    }
    source = page.load_template_source("letter.typ", __package__)
    return page.compile_document(source, {**data, **heading, "letter": letter}, record)
