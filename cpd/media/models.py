"""Files, identified by their content."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cpd.db import Base, PrimaryKey


class Media(Base):
    """One file, which other rows refer to by its SHA-256."""

    __tablename__ = "media"

    id: Mapped[PrimaryKey]
    sha256: Mapped[str] = mapped_column(sa.String(64), unique=True)
    type: Mapped[str] = mapped_column(sa.String(80))
    """The media type, such as `image/png`."""
    content: Mapped[bytes]
    created_at: Mapped[datetime]
