"""What the public page and `cpd verify` say about one code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from cpd.certificates import queries, signing
from cpd.certificates.models import Certificate, CertificateEnding
from cpd.certificates.rules.printed_facts import printed_facts
from cpd.certificates.rules.record import Record, RecordFaultError, Verdict
from cpd.content.languages import mark_text
from cpd.courses.models import Revision
from cpd.courses.rules.fronts.course import language_of_front


@dataclass(frozen=True)
class CheckedCertificate:
    """A certificate that was just checked: what it states, and whether it is genuine and valid.

    Its facts are those that anyone may see, so no license is among them.
    """

    certificate: Certificate
    record: Record
    """As everybody may see it; the verdict is about the whole record."""
    verdict: Verdict
    facts: Mapping[str, Any]
    printed: Mapping[str, str]
    """The facts as printed; empty if the record cannot be read."""
    successor: Certificate | None
    ending: CertificateEnding | None
    sections: Sequence[str]
    newer_version: Revision | None


def find_and_check_certificate(session: Session, code: str) -> CheckedCertificate | None:
    """Check the certificate with this normalized code; None if there is none."""
    found = queries.find_certificate_with_ending_by_code(session, code)
    if found is None:
        return None
    certificate, ending, successor = found
    record = queries.build_record_of_certificate(certificate)
    public = record.without_holder_facts()
    facts, printed = parse_readable_facts(public)
    trusted = find_trusted_public_keys(session, signing.current_issuer().keys.public_keys)
    course = certificate.enrolment.course_revision
    newer = queries.find_newer_course_versions(session, [certificate])
    return CheckedCertificate(
        certificate=certificate,
        record=public,
        verdict=signing.verify_record(record, trusted),
        facts=facts,
        printed=printed,
        successor=successor,
        ending=ending,
        sections=[
            mark_text(title, language_of_front(course.front))
            for title in queries.find_section_titles(session, course.id)
        ],
        newer_version=newer.get(certificate.id),
    )


def parse_readable_facts(record: Record) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    """Return the facts of a record as data and as printed; both empty if they make no sense."""
    try:
        printed = printed_facts(record.parsed_facts)
        "".join(printed.values()).encode()  # half a surrogate pair cannot be shown anywhere
    except (RecordFaultError, KeyError, TypeError, ValueError, ZeroDivisionError):
        return {}, {}
    return record.parsed_facts, printed


def find_trusted_public_keys(session: Session, own: Mapping[str, str]) -> dict[str, str]:
    """Return every public key that ever signed here; those on disk (`own`) outrank the database."""
    used = {key.key_id: key.public_key for key in queries.find_signing_keys(session)}
    return used | dict(own)
