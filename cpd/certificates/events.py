"""What happened to certificates; higher rooms subscribe to these events."""

from dataclasses import dataclass

from cpd.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class CertificateIssued(Event):
    """A certificate was issued."""

    certificate_id: int

    identified_by = ("certificate_id",)


@dataclass(frozen=True, kw_only=True)
class CertificateRevoked(Event):
    """A certificate was withdrawn by two people."""

    certificate_id: int

    identified_by = ("certificate_id",)
