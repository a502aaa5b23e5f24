"""The keys of what was sent for review."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from cpd.db import Base


class SentKey(Base):
    """The key and the whole text; in its own table, which nothing reads before the answer."""

    __tablename__ = "sent_keys"

    sent_text_id: Mapped[int] = mapped_column(ForeignKey("sent_texts.id"), primary_key=True)
    text: Mapped[str] = mapped_column(sa.Text)
    key: Mapped[dict[str, Any]]
