"""What the public page and `cpd verify` answer about one code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from cpd.certificates import queries, signing
from cpd.certificates.models import Certificate
from cpd.certificates.rules.record import Record, RecordFaultError, Verdict
from cpd.certificates.rules.snapshot import printed
from cpd.courses.models import Revision


@dataclass(frozen=True)
class Checked:
    """One certificate, checked now: what it states, whether that is genuine, what became of it."""

    certificate: Certificate
    record: Record
    """As everybody may see it; the verdict is about all of it."""
    verdict: Verdict
    facts: Mapping[str, Any]
    words: Mapping[str, str]
    """The facts as printed; empty where the record cannot be read."""
    successor: Certificate | None
    sections: Sequence[str]
    newer: Revision | None


def check_code(session: Session, code: str) -> Checked | None:
    """Check the certificate with this normalised code; None where there is none."""
    certificate = queries.by_code(session, code)
    if certificate is None:
        return None
    record = queries.record_of(certificate)
    public = record.public()
    facts, words = stated(public)
    course = certificate.enrolment.course_revision
    return Checked(
        certificate=certificate,
        record=public,
        verdict=signing.check(record, trusted_keys(session, signing.issuer().keys.public_keys)),
        facts=facts,
        words=words,
        successor=queries.successor_of(session, certificate),
        sections=queries.section_titles(session, course.id),
        newer=queries.newer_version(session, course),
    )


def stated(record: Record) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    """Return the facts of a record as data and as printed; both empty where they make no sense."""
    try:
        words = printed(record.facts)
        "".join(words.values()).encode()  # half a surrogate pair cannot be shown anywhere
    except (RecordFaultError, KeyError, TypeError, ValueError, ZeroDivisionError):
        return {}, {}
    return record.facts, words


def trusted_keys(session: Session, own: Mapping[str, str]) -> dict[str, str]:
    """Return every public key that ever signed here; the `own` on disk outrank the database's."""
    used = {key.key_id: key.public_key for key in queries.used_keys(session)}
    return used | dict(own)
