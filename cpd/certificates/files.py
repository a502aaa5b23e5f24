"""The files of a certificate, each made once and kept; reads the database and writes to it."""

from datetime import datetime

from cpd.certificates import actions, queries
from cpd.certificates.formats.format import CertificateFormat
from cpd.certificates.formats.registry import unsupported_characters
from cpd.certificates.models import Certificate
from cpd.certificates.rules.printed_facts import printed_facts
from cpd.db import db, unit_of_work


def find_missing_letters(certificate: Certificate) -> list[str]:
    """Return the letters of a certificate for which the fonts of this site have no glyph."""
    facts = printed_facts(queries.build_record_of_certificate(certificate).parsed_facts)
    return unsupported_characters("".join(facts.values()))


def make_file(certificate: Certificate, format_: CertificateFormat, *, now: datetime) -> bytes:
    """Return the file of a certificate as it was first made, which may be now.

    Raises MissingExtraError and LettersMissingError, if there is none and none can be made.
    """
    stored = queries.find_stored_file_content(db.session(), certificate.id, format_.name)
    if stored is not None:
        return stored
    file = format_.build_file(queries.build_record_of_certificate(certificate))
    with unit_of_work() as session:
        return actions.add_certificate_file_if_absent(
            session, certificate, format_.name, file, now=now
        )
