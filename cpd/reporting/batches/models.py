"""Files with completions, and the ledger of their rows."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.certificates.models import Certificate
from cpd.courses.models import Enrolment
from cpd.db import Base, PrimaryKey, PublicId, Subject, partial_unique_index, public_id_column
from cpd.reporting.rules.receipts import LONGEST_TEXT, SentRow
from cpd.reporting.rules.roster import Completion, RosterNumbers
from cpd.reporting.rules.states import BatchState, CorrectionKind, RowState


class ReportBatch(Base):
    """One file: its rows are chosen when it is made and never change."""

    __tablename__ = "report_batches"
    __table_args__ = (
        CheckConstraint("(state = 'made') = (closed_at IS NULL)", name="closed_once_made"),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("bat")
    authority: Mapped[str] = mapped_column(sa.String(60), index=True)
    """The slug of the authority's file."""
    state: Mapped[BatchState] = mapped_column(default=BatchState.MADE)
    row_count: Mapped[int]
    provider_number: Mapped[str] = mapped_column(sa.String(20))
    place: Mapped[str] = mapped_column(sa.String(2))
    """The abbreviation of the state for which it reports."""
    profession: Mapped[str] = mapped_column(sa.String(10))
    made_by: Mapped[Subject]
    made_at: Mapped[datetime]
    closed_by: Mapped[Subject | None]
    closed_at: Mapped[datetime | None]
    """When it was sent, or abandoned."""

    @property
    def numbers(self) -> RosterNumbers:
        """The numbers that its rows bear."""
        return RosterNumbers(self.provider_number, self.place, self.profession)


class ReportFile(Base):
    """The bytes of a file, as they were first made."""

    __tablename__ = "report_files"

    id: Mapped[PrimaryKey]
    batch_id: Mapped[int] = mapped_column(ForeignKey(ReportBatch.id), unique=True)
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    made_at: Mapped[datetime]


class ReportReceipt(Base):
    """An answer of CE Broker, as it was uploaded."""

    __tablename__ = "report_receipts"
    __table_args__ = (UniqueConstraint("batch_id", "content_hash"),)

    id: Mapped[PrimaryKey]
    batch_id: Mapped[int] = mapped_column(ForeignKey(ReportBatch.id))
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    received_by: Mapped[Subject]
    received_at: Mapped[datetime]


class ReportRow(Base):
    """One completion in one file, and what became of it."""

    __tablename__ = "report_rows"
    __table_args__ = (
        partial_unique_index(
            "uq_report_rows_live", "enrolment_id", "authority",
            where="state IN ('claimed', 'accepted')",
        ),
        UniqueConstraint("batch_id", "place"),
    )  # fmt: skip

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("row")
    batch_id: Mapped[int] = mapped_column(ForeignKey(ReportBatch.id))
    place: Mapped[int]
    """Its line in the file, from 1."""
    authority: Mapped[str] = mapped_column(sa.String(60))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey(Enrolment.id), index=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey(Certificate.id), index=True)
    """The certificate from which the row was written."""
    subject: Mapped[Subject] = mapped_column(index=True)
    license_number: Mapped[str] = mapped_column(sa.String(60))
    course_number: Mapped[str] = mapped_column(sa.String(20))
    completed_on: Mapped[date]
    state: Mapped[RowState] = mapped_column(default=RowState.CLAIMED)
    reference: Mapped[str] = mapped_column(sa.String(LONGEST_TEXT), default="")
    """The number that CE Broker gave to it."""
    message: Mapped[str] = mapped_column(sa.String(LONGEST_TEXT), default="")
    """Why CE Broker refused it."""
    answered_at: Mapped[datetime | None]
    correction: Mapped[CorrectionKind | None]
    """Why what CE Broker has is no longer right; none while it is."""
    settled_by: Mapped[Subject | None]
    settled_at: Mapped[datetime | None]
    """When a refusal or a correction was dealt with."""

    batch: Mapped[ReportBatch] = relationship(lazy="raise")
    certificate: Mapped[Certificate] = relationship(lazy="raise")

    def to_completion(self) -> Completion:
        """Return what it reports."""
        return Completion(self.license_number, self.completed_on, self.course_number)

    def to_sent_row(self) -> SentRow:
        """Return it as answers are matched with it."""
        return SentRow(self.id, self.license_number, self.course_number, self.completed_on)
