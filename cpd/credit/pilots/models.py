"""Pilot groups and their reports; neither ever changes."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.courses.models import Revision
from cpd.credit.rules.approvals import parse_pilot
from cpd.credit.rules.claims import PilotReport
from cpd.credit.rules.pilots import PREFIX
from cpd.db import Base, PrimaryKey, PublicId, Subject, public_id_column


class Pilot(Base):
    """People who take one version of a course to show how long it takes.

    Its members are the enrollments whose context is its public id.
    """

    __tablename__ = "pilots"

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column(PREFIX)
    course_revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"), index=True)
    started_by: Mapped[Subject]
    started_at: Mapped[datetime]

    course_revision: Mapped[Revision] = relationship(lazy="raise")
    report: Mapped["PilotReportRow | None"] = relationship(lazy="raise")


class PilotReportRow(Base):
    """What a pilot group needed, as it was when an administrator finished it."""

    __tablename__ = "pilot_reports"

    id: Mapped[PrimaryKey]
    pilot_id: Mapped[int] = mapped_column(ForeignKey("pilots.id"), unique=True)
    content: Mapped[dict[str, Any]] = mapped_column(sa.JSON())
    """As `PilotReport.to_json` writes it: minutes without names."""
    begun: Mapped[int]
    """How many learners began, with those who did not read everything."""
    reported_by: Mapped[Subject]
    reported_at: Mapped[datetime]

    def to_rule(self) -> PilotReport:
        """Return it as the rules read it."""
        return parse_pilot(self.content)
