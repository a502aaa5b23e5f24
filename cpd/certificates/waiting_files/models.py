"""The certificates whose files wait for fonts."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from cpd.db import Base, PrimaryKey


class WaitingFile(Base):
    """A certificate of which no file can be made yet; the row goes when one is made."""

    __tablename__ = "waiting_files"

    id: Mapped[PrimaryKey]
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates.id"), unique=True)
    letters: Mapped[str] = mapped_column(sa.Text)
    """What the fonts lack: each letter once, sorted."""
    since: Mapped[datetime]
