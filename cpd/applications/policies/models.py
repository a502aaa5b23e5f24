"""The written policies of the provider, one row each."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cpd.db import Base, Subject


class ProviderPolicy(Base):
    """A policy in the provider's own words; it is not there until somebody has written it."""

    __tablename__ = "provider_policies"

    name: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    """A `PolicyName`."""
    text: Mapped[str] = mapped_column(sa.Text)
    changed_by: Mapped[Subject]
    changed_at: Mapped[datetime]
