"""What learners answer when they are asked where they need a course."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from cpd.courses.models import Enrolment
from cpd.db import Base


class CreditNeed(Base):
    """Whether somebody needs credit for a course; they may change it until they pass."""

    __tablename__ = "credit_needs"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey(Enrolment.id), primary_key=True)
    is_wanted: Mapped[bool]
    answered_at: Mapped[datetime]
