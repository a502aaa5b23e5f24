"""The provider, in one row."""

from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cpd.db import Base
from cpd.media.models import Media
from cpd.provider.rules.profile import Profile, Signatory


class ProviderProfile(Base):
    """Who offers the courses here; the first start adds the row from the settings."""

    __tablename__ = "provider_profiles"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(200))
    number: Mapped[str] = mapped_column(sa.String(60))
    contact: Mapped[str] = mapped_column(sa.Text)
    complaints: Mapped[str] = mapped_column(sa.Text)
    postal: Mapped[str] = mapped_column(sa.Text)
    colour: Mapped[str] = mapped_column(sa.String(7))
    logo: Mapped[str | None] = mapped_column(sa.ForeignKey(Media.sha256))
    """The SHA-256 of a file in `media`."""
    signatories: Mapped[list[Any]]
    """Each with a name and a title."""
    pages: Mapped[dict[str, Any]]
    """Markdown by page name; a page that is missing here shows the text that comes with cpd."""
    changed_at: Mapped[datetime]

    def to_profile(self) -> Profile:
        """Return the row as a profile."""
        stored = {field.name: getattr(self, field.name) for field in fields(Profile)}
        stored["signatories"] = tuple(Signatory(**it) for it in self.signatories)
        return Profile(**stored)
