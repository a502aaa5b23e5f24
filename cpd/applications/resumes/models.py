"""The résumés of those who wrote a course."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cpd.db import Base, PrimaryKey, Subject


class Resume(Base):
    """The résumé of one author, as a PDF file; a newer one takes its place."""

    __tablename__ = "resumes"

    id: Mapped[PrimaryKey]
    author: Mapped[str] = mapped_column(sa.String(200), unique=True)
    """The name of the author as courses give it."""
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    size: Mapped[int]
    stored_by: Mapped[Subject]
    stored_at: Mapped[datetime]
