"""Whether somebody agrees that the provider reports what they completed."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cpd.db import Base, PrimaryKey, Subject


class ReportAgreement(Base):
    """What somebody said about reporting to one authority; the newest row counts."""

    __tablename__ = "report_agreements"
    __table_args__ = (sa.Index("ix_report_agreements_subject_authority", "subject", "authority"),)

    id: Mapped[PrimaryKey]
    subject: Mapped[Subject]
    authority: Mapped[str] = mapped_column(sa.String(60))
    is_given: Mapped[bool]
    said_at: Mapped[datetime]
