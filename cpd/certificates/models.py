"""Certificates: frozen, signed records that a passing result happened."""

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.courses.models import Enrolment
from cpd.db import Base, PrimaryKey, PublicId, Subject, partial_unique_index, public_id_column
from cpd.dual_control.rules.requests import LONGEST_REASON


class CertificateState(enum.StrEnum):
    """A certificate is never edited: a corrected one supersedes it, or it is revoked."""

    VALID = "valid"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


class Certificate(Base):
    """One certificate for one enrollment and authority; the snapshot holds every printed fact."""

    __tablename__ = "certificates"
    __table_args__ = (
        partial_unique_index(
            "uq_certificates_live", "enrolment_id", "authority", where="state = 'valid'"
        ),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("cer")
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    """What anybody types to check it; at least 128 random bits."""
    subject: Mapped[Subject] = mapped_column(index=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), index=True)
    authority: Mapped[str] = mapped_column(sa.String(60))
    """Whose credit it claims; `none` for a certificate without credit."""
    state: Mapped[CertificateState] = mapped_column(default=CertificateState.VALID)
    snapshot: Mapped[str] = mapped_column(sa.Text)
    """Canonical JSON of every printed fact."""
    snapshot_hash: Mapped[str] = mapped_column(sa.String(64))
    manifest: Mapped[str] = mapped_column(sa.Text)
    """The signed text: the SHA-256 of the snapshot and of each fact in it."""
    signature: Mapped[str] = mapped_column(sa.String(128))
    """Ed25519 over the manifest's bytes, base64url without padding."""
    key_id: Mapped[str] = mapped_column(sa.String(40))
    issued_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("certificates.id"))

    enrolment: Mapped[Enrolment] = relationship(innerjoin=True)


class CertificateEnding(Base):
    """How a certificate stopped being valid: who ended it, when, and why."""

    __tablename__ = "certificate_endings"

    id: Mapped[PrimaryKey]
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates.id"), unique=True)
    state: Mapped[CertificateState]
    """What it has been since: superseded by its holder, or revoked by two people."""
    reason: Mapped[str] = mapped_column(sa.String(LONGEST_REASON))
    """Why; of a revocation everybody reads it, of a correction only the holder."""
    actor: Mapped[Subject]
    ended_at: Mapped[datetime]


class CertificateFile(Base):
    """A certificate as a file, made at the first download and never changed."""

    __tablename__ = "certificate_files"
    __table_args__ = (UniqueConstraint("certificate_id", "format"),)

    id: Mapped[PrimaryKey]
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates.id"))
    format: Mapped[str] = mapped_column(sa.String(24))
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    made_at: Mapped[datetime]


class SigningKey(Base):
    """The public half of every key that ever signed a certificate.

    Certificates are checked with these, also long after a key was replaced.
    """

    __tablename__ = "signing_keys"

    id: Mapped[PrimaryKey]
    key_id: Mapped[str] = mapped_column(sa.String(40), unique=True)
    public_key: Mapped[str] = mapped_column(sa.String(64))
    """Raw Ed25519 public key, base64url without padding."""
    first_used_at: Mapped[datetime]


class CreditState(enum.StrEnum):
    """What became of a license when a pass was checked for it."""

    ISSUED = "issued"
    REFUSED = "refused"


class CreditDecision(Base):
    """What a check of one license found; the newest row of an enrollment and license stands."""

    __tablename__ = "credit_decisions"
    __table_args__ = (
        CheckConstraint(
            "(state = 'issued') = (certificate_id IS NOT NULL)", name="issued_with_certificate"
        ),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("dec")
    subject: Mapped[Subject] = mapped_column(index=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), index=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    authority: Mapped[str] = mapped_column(sa.String(60))
    """The slug of its file."""
    license: Mapped[str] = mapped_column(sa.String(40))
    """The public id of the license, which its holder may remove; never its number."""
    state: Mapped[CreditState]
    reasons: Mapped[list[Any]]
    """What stands against it, by the names of `Refusal`."""
    overridden: Mapped[list[Any]]
    """Those reasons that an administrator set aside; the audit trail says why."""
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey(Certificate.id))
    decided_by: Mapped[Subject]
    decided_at: Mapped[datetime]
