"""The table of the keys that the hosts of this site share."""

from datetime import datetime
from enum import StrEnum, auto

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cpd.db import Base, PrimaryKey, partial_unique_index


class KeyKind(StrEnum):
    """What a key is for."""

    SECRET = auto()
    """Signs cookies and encrypts; the last one registered is valid."""
    SIGNING = auto()
    """Signs certificates; each must be kept, or be recorded as lost."""


class HostKey(Base):
    """A key that every host of this site holds: its public part or fingerprint, and since when."""

    __tablename__ = "host_keys"
    __table_args__ = (
        partial_unique_index("uq_host_keys_signing", "name", where="kind = 'signing'"),
    )

    id: Mapped[PrimaryKey]
    kind: Mapped[KeyKind]
    name: Mapped[str] = mapped_column(sa.String(40))
    """The id of a signing key; a secret key has none."""
    value: Mapped[str] = mapped_column(sa.String(64))
    """The public half of a signing key; the fingerprint of a secret one."""
    registered_at: Mapped[datetime]
