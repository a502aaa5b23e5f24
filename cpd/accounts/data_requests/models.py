"""What people ask an administrator to do with their data."""

from datetime import datetime
from enum import StrEnum, auto

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.accounts.models import Person
from cpd.db import Base, PrimaryKey, PublicId, Subject, partial_unique_index, public_id_column


class DataRequestKind(StrEnum):
    """What is asked for; the values are stored."""

    COPY = auto()
    DELETION = auto()


class DataRequest(Base):
    """One request; a withdrawn one is deleted, and the audit trail remembers it."""

    __tablename__ = "data_requests"
    __table_args__ = (
        CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name="done_known"),
        partial_unique_index("uq_data_requests_open", "person_id", "kind", where="done_at IS NULL"),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("dat")
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    kind: Mapped[DataRequestKind]
    asked_at: Mapped[datetime] = mapped_column(index=True)
    done_at: Mapped[datetime | None]
    done_by: Mapped[Subject | None]
    """The administrator who did it."""

    person: Mapped[Person] = relationship()
