"""What is found about each code of a list, in a number of queries that does not grow with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.certificates import labels, signing
from cpd.certificates.models import Certificate
from cpd.certificates.queries import build_record_of_certificate
from cpd.certificates.rules import codes
from cpd.certificates.rules.codes import CodeFault
from cpd.certificates.verification import find_trusted_public_keys, parse_readable_facts


@dataclass(frozen=True)
class ListedCode:
    """One code of a list, and what was found."""

    typed: str
    words: str
    """What was found, in one sentence."""
    certificate: Certificate | None = None
    is_genuine: bool = False
    printed: Mapping[str, str] | None = None
    """The facts that anyone may see; none without a certificate."""

    @property
    def is_wrong(self) -> bool:
        """Whether no certificate has the code."""
        return self.certificate is None


def find_listed_codes(session: Session, typed: Sequence[str]) -> list[ListedCode]:
    """Check every code of a list; the answers are in its order."""
    parsed = [codes.parse_code(code) for code in typed]
    wanted = {code for code in parsed if not isinstance(code, CodeFault)}
    rows = session.scalars(sa.select(Certificate).where(Certificate.code.in_(wanted)))
    found = {row.code: row for row in rows}
    trusted = find_trusted_public_keys(session, signing.current_issuer().keys.public_keys)
    return [
        _build_listed_code(text, code, found, trusted)
        for text, code in zip(typed, parsed, strict=True)
    ]


def _build_listed_code(
    typed: str,
    code: str | CodeFault,
    found: Mapping[str, Certificate],
    trusted: Mapping[str, str],
) -> ListedCode:
    if isinstance(code, CodeFault):
        return ListedCode(typed, labels.code_fault_message(code))
    certificate = found.get(code)
    if certificate is None:
        return ListedCode(typed, labels.unknown_code_message())
    record = build_record_of_certificate(certificate)
    verdict = signing.verify_record(record, trusted)
    _facts, printed = parse_readable_facts(record.without_holder_facts())
    words = labels.describe_verdict(verdict, certificate.state)
    return ListedCode(typed, words, certificate, verdict.is_genuine, printed)
