"""A certificate format for tests: the facts as plain text, with the record on the last line."""

from cpd.certificates.formats.format import CertificateFormat
from cpd.certificates.rules.printed_facts import printed_facts
from cpd.certificates.rules.record import Record


class TextFormat(CertificateFormat):
    """Plain text."""

    name = "txt"
    ending = ".txt"
    label = "Plain text"
    media_type = "text/plain; charset=utf-8"

    def build_file(self, record: Record) -> bytes:
        """Return the printed facts, one per line, and the record."""
        lines = ["CERTIFICATE", *printed_facts(record.parsed_facts).values(), record.to_json()]
        return "\n".join(lines).encode()

    def recognizes_file(self, content: bytes) -> bool:
        """Tell whether it begins like our files."""
        return content.startswith(b"CERTIFICATE\n")

    def parse_record_in_file(self, content: bytes) -> Record:
        """Return the record on the last line."""
        return Record.from_json(content.splitlines()[-1])
